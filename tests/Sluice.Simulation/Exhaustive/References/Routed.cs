using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>Behind an Ingress, beside which the operator makes and removes another: the route of which most can be left over.</summary>
internal static class Routed
{
    private static readonly RolloutYaml Behind1 = Small1 with { Traffic = RouteYaml.NginxTraffic, ScaleDownDelay = "10s" };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("routed", RoutedWorld, [Apply(Behind1.V(2) with { Steps = ["setWeight: 20", "pause: {duration: 5s}", "setWeight: 60"] })])
        {
            Expected = world => Leads(world, Outcome.Promoted, 2),
        },
        new("routed-back", RoutedWorld,
        [
            Apply(Behind1.V(2) with { Analysis = Latency, Steps = ["setWeight: 20", "analysis: {minDuration: 1m}"] }),
            LatencyRises(world => world.Release?.Step?.Kind == StepKind.Analysis),
        ])
        {
            Expected = world => Leads(world, Outcome.RolledBack, 1),
        },
    ];

    private static void RoutedWorld(ReleaseWorld world)
    {
        world.Prometheus.ThresholdValue = 0.1;
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.Ingress);
        world.Deployed(Behind1);
    }

    private static void Leads(ReleaseWorld world, Outcome outcome, int version)
    {
        world.Status.LastRelease!.Outcome.ShouldBe(outcome);
        world.Status.Stable!.Images.ShouldBe([$"registry.example.com/payments:v{version}"]);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable.Revision);
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBe(world.Status.Stable.Revision);
        world.Cluster.List<V1Ingress>(ReleaseWorld.Namespace).Select(ingress => ingress.Metadata.Name).ShouldBe(["payments"]);
    }
}
