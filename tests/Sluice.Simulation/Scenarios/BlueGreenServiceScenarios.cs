using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Services that are missing, turned elsewhere, shared, or named no longer.</summary>
public sealed class BlueGreenServiceScenarios
{
    [Theory]
    [InlineData(Active)]
    [InlineData(Preview)]
    public void A_release_does_not_start_before_both_Services_are_there(string service)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, service);

        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release.ShouldBeNull();
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {service} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void A_preview_whose_Service_is_deleted_waits_for_it_and_names_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);

        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, Preview);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Release!.Stage.ShouldBe(Stage.Stepping);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {Preview} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void Services_that_somebody_turns_elsewhere_during_a_preview_are_turned_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var previewed = world.Release!.Revision;

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, """{"spec":{"selector":{"sluice.dev/revision":"ffffffffff"}}}""");
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, $$"""{"spec":{"selector":{"sluice.dev/revision":"{{previewed}}"} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((world.Status.Stable!.Revision, previewed));
    }

    [Fact]
    public void The_second_of_two_Rollouts_that_name_one_Service_is_refused_until_the_first_lets_go_of_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1 with { Name = "billing", BlueGreen = "activeService: billing, previewService: payments-canary" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var billing = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!;
        billing.Phase.ShouldBe(Phase.Degraded);
        billing.Message!.ShouldContain("spec.strategy.blueGreen.previewService: Service payments-canary is steered by Rollout payments already");
        billing.Conditions.First(condition => condition.Type == "Stalled").Reason.ShouldBe("InvalidSpec");
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!.Stable is not null, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_Rollout_goes_over_from_a_canary_to_blue_green_and_back()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        var canary = world.Deployed(V1 with { BlueGreen = null, Steps = ["setWeight: 50", "pause: {duration: 10s}"] });

        world.Apply(V1);
        world.UntilHealthy();
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
        world.Apply(V1.V(2));
        UntilPromoted(world, "payments-2");

        world.Apply(canary.V(3));
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Name: "payments-3" });
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((null, null));
        world.Status.Traffic.ShouldBeNull();
        world.ShouldBeAtRest();
    }
}
