using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd;

/// <summary>The operator's process, a real Prometheus, and simulated traffic that follows the selectors of two Services.</summary>
public sealed class BlueGreenTests
{
    private const string Services = "activeService: payments, previewService: payments-preview, previewReplicas: 2";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preview_is_judged_by_its_own_traffic_and_what_fails_before_or_after_the_turn_is_taken_back()
    {
        await using var environment = await SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions(), Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await shop.KubectlAsync("apply", "-f", Path.Combine(AppContext.BaseDirectory, "routes", "blue-green.yaml"));
        var v1 = await shop.DeployedAsync(new Payments { BlueGreen = Services, Steps = "[]" });
        var previewed = v1.Measured() with { Steps = "[{analysis: {minDuration: 5s}}]" };

        await shop.ApplyAsync(previewed with { Version = 2, Soak = "5s" });
        await shop.UntilAsync(status => status is { Release: null, LastRelease: { Name: "payments-2", Outcome: Outcome.Promoted } });
        var segments = await SegmentsAsync(shop);
        var preview = segments.First(segment => segment.Weight == 0);
        (preview.Canary.Requests / preview.Stable.Requests).ShouldBeInRange(0.05, 0.2, "testers make a tenth of the requests");
        segments.ShouldContain(segment => segment.Weight == 100);
        await shop.ServesAsync(version: 2, pods: 5);
        var stable = await StableAsync(shop);
        await LeadToAsync(shop, stable);

        await shop.ApplyAsync(previewed with { Version = 3, ErrorRate = "20%" });
        await shop.UntilAsync(status => status is { Release: null, LastRelease: { Name: "payments-3", Outcome: Outcome.RolledBack } });
        (await SegmentsAsync(shop)).ShouldAllBe(segment => segment.Weight == 0, "it failed before it got the traffic");
        await LeadToAsync(shop, stable);

        // Where nobody tries the preview, it is the traffic after the turn that tells.
        await shop.KubectlAsync("annotate", "--overwrite", "service", "payments-preview", "sandbox.sluice.dev/requests-per-second=0");
        await shop.ApplyAsync(previewed with { Version = 4, ErrorRate = "20%", Steps = "[]", Soak = "5m" });
        await shop.UntilAsync(status => status is { Release: null, LastRelease: { Name: "payments-4", Outcome: Outcome.RolledBack } });
        (await SegmentsAsync(shop)).Sum(segment => segment.Canary.Errors).ShouldBeGreaterThan(0, "nobody came to its preview: what failed was the traffic");
        await shop.ServesAsync(version: 2, pods: 5);
        (await StableAsync(shop)).ShouldBe(stable);
        await LeadToAsync(shop, stable);
    }

    private static async Task<string> StableAsync(Shop shop) => (await shop.RolloutAsync())!.Status!.Stable!.Revision;

    private static async Task LeadToAsync(Shop shop, string revision)
    {
        foreach (var service in await shop.ListAsync<V1Service>()) service.Spec!.Selector![Labels.Revision].ShouldBe(revision, service.Metadata.Name);
    }

    /// <summary>Of the newest release.</summary>
    private static async Task<IReadOnlyList<SegmentStatus>> SegmentsAsync(Shop shop) => (await shop.ReleasesAsync())[^1].Status!.Analysis.Single().Segments;
}
