using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd;

/// <summary>
/// The operator's process, a real Prometheus, and simulated traffic that follows the weights of a route. Only on the sandbox's own API server: on somebody's cluster
/// no definitions of other people's kinds are installed.
/// </summary>
public sealed class RouterTests
{
    private const string Route = "{gatewayAPI: {httpRoute: payments, stableService: payments, canaryService: payments-canary}}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenth_of_the_traffic_judges_a_canary_behind_an_HTTPRoute_and_a_bad_one_loses_it()
    {
        await using var environment = await SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions(), Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await shop.KubectlAsync("apply", "-f", RouteFile("httproutes.yaml"));
        await shop.KubectlAsync("wait", "--for=condition=Established", "--timeout=30s", "crd/httproutes.gateway.networking.k8s.io");
        await shop.KubectlAsync("apply", "-f", RouteFile("payments.yaml"));
        var v1 = await shop.DeployedAsync(new Payments { Traffic = Route });

        await shop.ApplyAsync((v1 with { Version = 2 }).Measured() with { Steps = "[{setWeight: 10}, {analysis: {minDuration: 5s}}]" });
        await shop.UntilEndedAsync(Outcome.Promoted);
        await shop.ServesAsync(version: 2, pods: 5);

        var tenth = (await shop.ReleasesAsync())[1].Status!.Analysis.Single().Segments.First(segment => segment.Weight == 10);
        (tenth.Canary.Requests / (tenth.Canary.Requests + tenth.Stable.Requests)).ShouldBeInRange(0.05, 0.2, "one pod of six, and a tenth of the requests");

        await shop.ApplyAsync((v1 with { Version = 3, ErrorRate = "20%" }).Measured());
        await shop.UntilEndedAsync(Outcome.RolledBack);
        await shop.ServesAsync(version: 2, pods: 5);

        var stable = (await shop.RolloutAsync())!.Status!.Stable!.Revision;
        foreach (var service in await shop.ListAsync<V1Service>()) service.Spec!.Selector![Labels.Revision].ShouldBe(stable, service.Metadata.Name);
        var backends = (await shop.ListAsync<V1HTTPRoute>()).Single().Spec!.Rules!.Single().BackendRefs!;
        backends.Select(backend => (backend.Name, backend.Weight)).ShouldBe([("payments", 100), ("payments-canary", 0)]);
    }

    private static string RouteFile(string name) => Path.Combine(AppContext.BaseDirectory, "routes", name);
}
