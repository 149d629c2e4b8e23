using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Fields of a spec that change together, and specs that change faster than they can be released.</summary>
public sealed class SpecChangeScenarios
{
    private static RolloutYaml V1 => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 25", "pause: {duration: 1m}"], Analysis = null };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_image_and_other_replicas_in_one_apply_are_one_release(bool routed)
    {
        using var world = World(routed, out var v1);
        world.Apply(v1.V(2) with { Replicas = 6 });
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));
        (world.Available(world.Status.Stable!.Revision), world.Available(world.Release!.Revision)).ShouldBe(routed ? (6, 2) : (5, 2), "a quarter of six is two of eight, or two of seven");

        world.Apply(v1.V(3) with { Replicas = 8 });
        world.Until(status => status.LastRelease?.Name == "payments-3");
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 8));
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    public void A_spec_that_goes_back_and_forth_is_released_as_it_was_left(int seconds, bool routed)
    {
        using var world = World(routed, out var v1);
        foreach (var version in (int[])[2, 1, 2, 3, 2, 1, 3])
        {
            world.Apply(v1.V(version));
            if (seconds > 0) world.Cluster.RunFor(TimeSpan.FromSeconds(seconds));
        }

        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
        var outcomes = world.Releases.Select(release => release.Status!.Outcome).ToList();
        (outcomes[0], outcomes[^1]).ShouldBe((Outcome.Promoted, Outcome.Promoted));
        outcomes[1..^1].ShouldBeSubsetOf([Outcome.Superseded, Outcome.Reverted]);
        if (seconds == 0) outcomes.Count.ShouldBe(2, "what nobody has seen is not released");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Up_from_no_replicas_a_new_revision_takes_its_steps()
    {
        using var world = World(routed: false, out var v1);
        world.Apply(v1 with { Replicas = 0 });
        world.UntilHealthy();
        world.Pods.ShouldBeEmpty();

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        (world.Available(world.Status.Stable!.Revision), world.Available(world.Release!.Revision)).ShouldBe((3, 1), "there is a stable revision to compare with");
        world.UntilHealthy();

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_same_template_in_other_words_is_no_release()
    {
        using var world = World(routed: false, out _);
        world.Patch("""
            {"spec":{"template":{"spec":{"restartPolicy":"Always","containers":[
              {"name":"app","image":"registry.example.com/payments:v1","imagePullPolicy":"IfNotPresent","resources":{},"args":[]}]}}}}
            """);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Releases.ShouldHaveSingleItem();
        (world.Status.Phase, world.Status.Revision, world.Status.ObservedGeneration).ShouldBe((Phase.Healthy, world.Status.Stable!.Revision, world.Rollout.Metadata.Generation));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_template_as_people_write_it_for_the_one_that_the_API_server_completed_is_no_release()
    {
        using var world = new ReleaseWorld();
        var v1 = V1 with { ScaleDown = "OnSuccess" };
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(v1, v1.Replicas));
        world.Deployed(v1);

        world.Apply(v1 with { ScaleDown = null });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        (world.Rollout.Spec.WorkloadRef, world.Rollout.Spec.Template!.Spec!.Value.TryGetProperty("restartPolicy", out _)).ShouldBe((null, false));
        world.Releases.ShouldHaveSingleItem();
        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void Down_to_no_replicas_in_its_steps_and_up_again_a_release_goes_on()
    {
        using var world = World(routed: false, out var v1);
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", "pause: {}"] });
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Patch("""{"spec":{"replicas":0}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Pods.ShouldBeEmpty();
        world.Release!.Step!.Index.ShouldBe(1);

        world.Patch("""{"spec":{"replicas":8}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        (world.Available(world.Status.Stable!.Revision), world.Available(world.Release!.Revision)).ShouldBe((6, 2));
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
    }

    [Fact]
    public void A_third_revision_that_comes_with_a_pause_takes_the_second_back_and_waits()
    {
        using var world = World(routed: false, out var v1);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Apply(v1.V(3) with { Paused = true });
        world.UntilEnded(Outcome.Superseded);
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
        (world.Release, world.Status.Phase).ShouldBe((null, Phase.Paused));
        world.Apply(v1.V(3));
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
    }

    [Fact]
    public void A_pause_of_what_runs_as_the_spec_asks_is_written_once_and_waits_for_nothing()
    {
        using var world = World(routed: false, out var v1);
        world.Apply(v1 with { Paused = true });
        world.ShouldBeAtRest();
        (world.Status.Phase, world.Status.ObservedGeneration).ShouldBe((Phase.Healthy, world.Rollout.Metadata.Generation));

        world.Patch("""{"spec":{"replicas":6}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Pods.Count.ShouldBe(6, "scaling is no release");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void After_a_failed_soak_a_corrected_version_takes_the_plan_that_it_comes_with()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(new RolloutYaml { Replicas = 4, Steps = [], BlueGreen = RouteYaml.BlueGreen, Soak = "10m", ScaleDownDelay = "1m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((before, before));

        world.Apply(v1.V(3) with { BlueGreen = $"{RouteYaml.BlueGreen}, autoPromote: false", Soak = "1m" });
        world.Until(status => status is { Phase: Phase.Paused, Release.Step: not null });
        var corrected = world.Release!.Revision;
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((before, corrected));
        world.Decide(DecisionAction.Continue);
        UntilPromoted(world, "payments-3");
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((corrected, corrected));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Resources_may_be_written_as_numbers_and_stay_as_they_were_written()
    {
        using var world = World(routed: false, out _);
        const string Container = """{"name":"app","image":"registry.example.com/payments:v2","resources":{"requests":{"cpu":0.25,"memory":67108864,"ephemeral-storage":"1e3"}}}""";
        world.Patch($$$"""{"spec":{"template":{"spec":{"containers":[{{{Container}}}] } } } }""");
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
        world.Rollout.Spec.Template!.Spec!.Value.GetProperty("containers")[0].GetRawText().ShouldBe(Container);
        world.ShouldBeAtRest();
        world.Releases.Count.ShouldBe(2);
    }

    private static ReleaseWorld World(bool routed, out RolloutYaml v1)
    {
        var world = new ReleaseWorld(routes: routed);
        v1 = routed ? world.Routed(V1) : world.Deployed(V1);
        return world;
    }
}
