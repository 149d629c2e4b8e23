using System.Text.Json;
using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A release follows the plan that it started with, whatever becomes of the spec; and what it writes down of it stays small.</summary>
public sealed class PlanSnapshotScenarios
{
    private const int KiB = 1024;

    [Fact]
    public void Edits_of_strategy_analysis_and_soak_leave_a_release_in_flight_on_its_plan_and_count_for_the_next_one()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "analysis: {}", "pause: {duration: 10m}", "setWeight: 50"], Soak = "5m" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var plan = Text(world.Releases[^1].Spec);

        var edited = v1.V(2) with { Steps = ["setWeight: 100", "pause: {}"], Soak = "24h", Analysis = v1.Analysis!.Replace("1%", "0.0001%", StringComparison.Ordinal), MaxSurge = "50%" };
        world.Apply(edited);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Release!.Step!.ShouldSatisfyAllConditions(step => step.Index.ShouldBe(2), step => step.Of.ShouldBe(4));
        world.Until(status => status.LastRelease?.Name == "payments-2", TimeSpan.FromHours(1));

        var released = world.Releases[^1];
        released.Status!.Outcome.ShouldBe(Outcome.Promoted);
        Text(released.Spec).ShouldBe(plan, "the Release shows the plan that ran");
        released.Status.Timeline.Select(entry => entry.To).ShouldContain("Step 4");
        world.Releases.Count.ShouldBe(2, "another plan is no other revision");

        world.Apply(edited with { Image = v1.V(3).Image });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Release!.Step!.Of.ShouldBe(2);
        world.Status.Canary!.Weight.ShouldBe(100);
    }

    [Fact]
    public void With_50_steps_10_metrics_and_a_day_of_soak_a_status_stays_below_64_KiB_and_a_Release_below_256()
    {
        using var world = new ReleaseWorld(scrapeInterval: TimeSpan.FromSeconds(30));
        var (largest, of) = (0, "");
        world.Cluster.Observe(write =>
        {
            if (write is not { Resource: "rollouts", Subresource: "status", After: { } after }) return;
            var size = System.Text.Encoding.UTF8.GetByteCount(after["status"]!.ToJsonString());
            if (size > largest) (largest, of) = (size, $"{after["status"]!["message"]}");
        });
        var v1 = world.Deployed(Large());
        world.Apply(v1.V(2));
        world.Until(status => status.LastRelease?.Name == "payments-2", TimeSpan.FromHours(48));

        var released = world.Releases[^1];
        var record = JsonSerializer.SerializeToUtf8Bytes(released, ApiJsonContext.Default.Release).Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"largest status {largest} bytes ({of}); Release {record} bytes, {released.Status!.Timeline.Count} entries in its timeline");
        released.Status!.Outcome.ShouldBe(Outcome.Promoted);
        released.Spec.Strategy.Canary!.Steps.Count.ShouldBe(50);
        released.Spec.Analysis!.Metrics.Count.ShouldBe(10);
        released.Status.Timeline.Count.ShouldBeGreaterThan(60, "the Release has the whole story, of which the status keeps the end");
        largest.ShouldBeLessThan(64 * KiB);
        record.ShouldBeLessThan(256 * KiB);
    }

    /// <summary>25 weights with an analysis each; each metric keeps segments of its own.</summary>
    private static RolloutYaml Large()
    {
        var metrics = Enumerable.Range(1, 10).Select(index => $$$"""
            - name: error-rate-of-route-{{{index}}}
              errorRate: {counter: 'http_requests_total{route="/api/v{{{index}}}"}', errors: 'code=~"5.."', max: "1%"}
            """.ReplaceLineEndings("\n"));
        return new RolloutYaml
        {
            Replicas = 25,
            Steps = [.. Enumerable.Range(1, 25).SelectMany(index => new[] { $"setWeight: {4 * index}", "analysis: {minDuration: 1m}" })],
            Analysis = $"interval: 2m\nmetrics:\n{string.Join("\n", metrics)}",
            Soak = "24h",
        };
    }

    private static string Text(ReleaseSpec spec) => JsonSerializer.Serialize(new Release { Spec = spec }, ApiJsonContext.Default.Release);
}
