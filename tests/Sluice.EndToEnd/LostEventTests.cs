using Sluice.EndToEnd.Leadership.World;

namespace Sluice.EndToEnd;

/// <summary>Between the operator's process and the API server a line of a watch is lost, and nothing else.</summary>
public sealed class LostEventTests(LeadershipCluster cluster)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_version_whose_only_event_was_lost_is_released_after_the_next_comparison_of_the_caches()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Default);
        var candidate = await world.LaunchAsync("a", "--watch-verification-interval", "2s");
        await world.DeployAsync();
        var lost = 0;
        candidate.Gateway.Loses = (path, line) =>
            path.EndsWith("/rollouts", StringComparison.Ordinal) && line.Contains("payments:v2", StringComparison.Ordinal) && Interlocked.Increment(ref lost) == 1;

        await world.ApplyAsync(2);
        await world.CompletesAsync();

        lost.ShouldBeGreaterThan(1, "the first line about version 2 is lost, and later ones arrive");
        var metrics = await candidate.ScrapeAsync(Ct);
        metrics.Split('\n').ShouldContain(line => line.StartsWith("sluice_watch_events_missed_total{", StringComparison.Ordinal)
            && line.Contains("resource=\"rollouts.sluice.dev\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
        await world.NothingWasDoneTwiceAsync();
    }
}
