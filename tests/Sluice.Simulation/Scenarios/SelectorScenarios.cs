using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Services that ask for labels which the pods of a revision do not have.</summary>
public sealed class SelectorScenarios
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_revision_that_a_Service_would_not_find_is_not_released_before_it_does(bool blueGreen)
    {
        using var world = new ReleaseWorld(routes: true);
        var plan = new RolloutYaml { Replicas = 4, Steps = blueGreen ? [] : ["setWeight: 50"], Analysis = null, PodLabels = "{app: payments, tier: web}" };
        var v1 = blueGreen ? world.Switched(plan with { BlueGreen = RouteYaml.BlueGreen }) : world.Routed(plan);
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, """{"spec":{"selector":{"tier":"web"}}}""");

        world.Apply(v1.V(2) with { PodLabels = "{app: payments}" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        world.Condition(ConditionTypes.Stalled)!.ShouldSatisfyAllConditions(
            stalled => stalled.Reason.ShouldBe(Reasons.InvalidRoute),
            stalled => stalled.Message!.ShouldMatch("Service payments selects tier=web, a label that the pods of revision [0-9a-f]{10} do not have"));
        (world.Release, world.Traffic.Endpoints(Active)).ShouldBe((null, 4));
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, """{"spec":{"selector":{"tier":null}}}""");
        world.Until(status => status.LastRelease is { Name: "payments-2", Outcome: Outcome.Promoted }, TimeSpan.FromMinutes(5));
        world.Traffic.Endpoints(Active).ShouldBe(4);
    }

    [Fact]
    public void The_active_Service_is_not_turned_to_pods_that_it_would_not_find()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched((V1 with { Replicas = 4, Steps = [], PodLabels = "{app: payments, tier: web}", Extra = "progressDeadlineSeconds: 60" }).With("sandbox.sluice.dev/ready-after", "20s"));
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2) with { PodLabels = "{app: payments}" });
        world.UntilStage(Stage.Promoting);

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, """{"spec":{"selector":{"tier":"web"}}}""");
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));

        world.Status.LastRelease!.Message!.ShouldContain("Service payments selects tier=web");
        world.Traffic.Moments.Select(moment => moment.Stable).Distinct().ShouldBe([before]);
        world.Traffic.Endpoints(Active).ShouldBe(4);
    }
}
