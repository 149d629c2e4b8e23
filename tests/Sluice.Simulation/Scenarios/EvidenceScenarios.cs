using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Errors and requests from which no verdict can be had.</summary>
public sealed class EvidenceScenarios
{
    private static readonly RolloutYaml Plan = new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "analysis: {maxDuration: 2h}"] };

    [Fact]
    public void Errors_that_stable_has_as_well_hold_a_release_and_do_not_roll_it_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan.With("sandbox.sluice.dev/error-rate", "5%"));

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        (world.Release!.Step!.Index, world.Release.Verdict).ShouldBe((1, Verdict.Inconclusive));
        world.Status.Message!.ShouldContain("stable itself");
    }

    [Fact]
    public void Good_requests_pass_once_there_are_enough_of_them_and_no_sooner()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan.With("sandbox.sluice.dev/requests-per-second", "1").With("sandbox.sluice.dev/error-rate", "0%"));
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.Apply(v1.V(2));
        world.Until(status => status.Message?.Contains("requests more needed", StringComparison.Ordinal) == true);
        world.Until(status => status.Release?.Verdict == Verdict.Pass, TimeSpan.FromHours(2));

        // n requests without an error are worth the mean of (1 - k·1%)^n / 0.99^n, k being 0, 0.1, 0.3 and 0.6: 1/β = 20 at about 370.
        var metric = world.Release!.Analysis[0];
        (metric.Segments.Sum(segment => segment.Canary.Requests) / metric.Dispersion.ShouldNotBeNull()).ShouldBeInRange(340, 400);
    }
}
