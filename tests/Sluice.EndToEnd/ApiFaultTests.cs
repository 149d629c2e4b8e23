using System.Globalization;
using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd;

/// <summary>The API server fails the operator's process, and nobody else. Only the sandbox's own server can be made to.</summary>
public sealed class ApiFaultTests
{
    private const string Operator = "sluice-operator/";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_completes_though_every_fifth_request_fails()
    {
        await using var environment = await StartAsync(new SandboxEnvironmentOptions());
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await shop.ApplyAsync(new Payments());
        await shop.UntilHealthyAsync();
        var draws = new Random(7);
        var faults = 0;
        environment.ApiServer.Hooks.BeforeCommit = request => IsTheOperators(request) && draws.NextDouble() < 0.13 ? Fault(request, draws, ref faults) : null;
        environment.ApiServer.Hooks.AfterCommit = (request, _) =>
            IsTheOperators(request) && draws.NextDouble() < 0.07 ? throw Cut(ref faults) : null;

        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration() }.Measured());
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync(new Payments { Version = 3, Migration = new ExpandMigration(), ErrorRate = "5%" }.Measured());
        var status = await shop.UntilAsync(status => status is { Release: null, LastRelease.Outcome: Outcome.RolledBack });
        environment.ApiServer.Hooks.BeforeCommit = null;
        environment.ApiServer.Hooks.AfterCommit = null;

        faults.ShouldBeGreaterThan(5);
        status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        var releases = (await shop.ListAsync<Release>()).OrderBy(release => release.Spec.Number).Select(release => release.Status!.Outcome);
        releases.ShouldBe([Outcome.Promoted, Outcome.Promoted, Outcome.RolledBack]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2, "one Job of the migration and one that verifies it");
        environment.Operator!.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task A_release_completes_though_the_history_is_compacted_again_and_again()
    {
        await using var environment = await StartAsync(new SandboxEnvironmentOptions { WithOperator = false });
        var initial = new Dictionary<string, int>();
        environment.ApiServer.Hooks.BeforeCommit = request =>
        {
            if (!IsTheOperators(request) || !request.IsWatch) return null;

            // Watches are cut short and get no bookmarks, so that they are taken up again at versions that are gone by then.
            environment.ApiServer.Compact();
            if (!request.Query.ContainsKey("resourceVersion")) initial[request.Path] = initial.GetValueOrDefault(request.Path) + 1;
            var brief = new Dictionary<string, string>(request.Query) { ["timeoutSeconds"] = "1", ["allowWatchBookmarks"] = request.Query.ContainsKey("resourceVersion") ? "false" : "true" };
            return environment.ApiServer.Handle(request with { UserAgent = "brief", Query = brief });
        };
        await environment.StartOperatorAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await shop.ApplyAsync(new Payments());
        await shop.UntilHealthyAsync();

        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration() }.Measured());
        var status = await shop.UntilHealthyAsync();

        initial.Values.Max().ShouldBeGreaterThan(1, "a watch that expired begins with the whole state again");
        status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_with_nothing_to_do_sends_no_request()
    {
        await using var environment = await StartAsync(new SandboxEnvironmentOptions());
        await using var healthy = await Shop.OpenAsync(environment, Ct);
        await using var paused = await Shop.OpenAsync(environment, Ct);
        foreach (var shop in new[] { healthy, paused })
        {
            await shop.ApplyAsync(new Payments());
            await shop.UntilHealthyAsync();
        }

        await paused.ApplyAsync(new Payments { Version = 2, Steps = "[{pause: {}}, {setWeight: 20}]" });
        await paused.UntilAsync(status => status.Phase == Phase.Paused);

        var lately = new List<string>();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Ct);
        environment.ApiServer.Hooks.BeforeCommit = request =>
        {
            if (IsTheOperators(request) && !request.IsWatch && !IsTheTrialOfIdentities(request)) lately.Add(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {request.Path}"));
            return null;
        };
        await Task.Delay(TimeSpan.FromSeconds(12), TimeProvider.System, Ct);
        environment.ApiServer.Hooks.BeforeCommit = null;

        lately.ShouldBeEmpty();
    }

    private static bool IsTheOperators(ApiRequest request) => request.UserAgent.StartsWith(Operator, StringComparison.Ordinal);

    /// <summary>Of the operator's own, however many Rollouts there are: seconds apart at first while nothing enforces identities, later every ten minutes.</summary>
    private static bool IsTheTrialOfIdentities(ApiRequest request) =>
        request.Query.ContainsKey("dryRun") && request.Path.EndsWith("/decisions", StringComparison.Ordinal);

    private static ApiResponse Fault(ApiRequest request, Random draws, ref int faults)
    {
        faults++;
        return draws.Next(4) switch
        {
            0 => throw new LostConnectionException("cut before the request was carried out"),
            1 => ApiResponse.Failure(ApiStatus.TooManyRequests(1)),
            2 when request.Method is "PUT" or "PATCH" => ApiResponse.Failure(new ApiStatus(409, "Conflict", "the object has been modified")),
            _ => ApiResponse.Failure(ApiStatus.InternalError("a fault of the test")),
        };
    }

    private static LostConnectionException Cut(ref int faults)
    {
        faults++;
        return new LostConnectionException("cut after the request was carried out");
    }

    private static async Task<SandboxEnvironment> StartAsync(SandboxEnvironmentOptions options)
    {
        Assert.SkipWhen(LiveSandbox.ExternalKubeconfig is not null, "an API server that is not ours cannot be told to fail");
        return await SandboxEnvironment.StartAsync(options, Ct);
    }
}
