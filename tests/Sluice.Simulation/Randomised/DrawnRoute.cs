using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>The route of a history: how people write it, set its weights by hand, spoil it, and delete it.</summary>
internal sealed record DrawnRoute
{
    /// <summary>A line under <c>traffic:</c> of the Rollout.</summary>
    public required string Traffic { get; init; }

    /// <summary>As people wrote it.</summary>
    public required string Manifest { get; init; }

    /// <summary>The same, but no part of it splits between the two Services any more.</summary>
    public required string Unsplit { get; init; }

    /// <summary>A person gives the canary so many percent.</summary>
    public required Action<RandomWorld, int> SetWeight { get; init; }

    public required Action<RandomWorld> Delete { get; init; }

    /// <summary>Null where no route leads to the canary.</summary>
    public static DrawnRoute? Of(Steering steering) => steering switch
    {
        Steering.GatewayApi => GatewayApi,
        Steering.Istio => Istio,
        Steering.Nginx => Nginx,
        Steering.IstioSubsets => IstioSubsets,
        _ => null,
    };

    private static DrawnRoute GatewayApi { get; } = new()
    {
        Traffic = RouteYaml.Traffic,
        Manifest = RouteYaml.Route,
        Unsplit = Replaced(RouteYaml.Route, "{name: payments-canary, port: 80, weight: 0,", "{name: docs, port: 80, weight: 0,"),
        SetWeight = (world, weight) => Apply(world, Replaced(Replaced(RouteYaml.Route, "weight: 1}", $"weight: {100 - weight}}}"), "weight: 0,", $"weight: {weight},"), $"with {weight}% for the canary"),
        Delete = world => world.Delete<V1HTTPRoute>([RouteYaml.StableService]),
    };

    private static DrawnRoute Istio { get; } = new()
    {
        Traffic = RouteYaml.IstioTraffic,
        Manifest = RouteYaml.VirtualService,
        Unsplit = Replaced(RouteYaml.VirtualService, "{host: payments-canary.shop.svc.cluster.local, port", "{host: docs, port"),
        SetWeight = (world, weight) => Apply(world, Replaced(Replaced(RouteYaml.VirtualService, "weight: 100}", $"weight: {100 - weight}}}"), "{number: 80}}, headers", $"{{number: 80}}}}, weight: {weight}, headers"), $"with {weight}% for the canary"),
        Delete = world => world.Delete<V1Beta1VirtualService>([RouteYaml.StableService]),
    };

    private static DrawnRoute IstioSubsets { get; } = new()
    {
        Traffic = RouteYaml.SubsetTraffic,
        Manifest = RouteYaml.Subsets,
        Unsplit = Replaced(RouteYaml.Subsets, "{host: payments.shop.svc.cluster.local, subset: canary,", "{host: docs, subset: canary,"),
        SetWeight = (world, weight) => Apply(world, Replaced(Replaced(RouteYaml.Subsets, "weight: 100}", $"weight: {100 - weight}}}"), "{number: 80}}, headers", $"{{number: 80}}}}, weight: {weight}, headers"), $"with {weight}% for the canary"),
        Delete = world => world.Delete<V1Beta1VirtualService>([RouteYaml.StableService]),
    };

    private static DrawnRoute Nginx { get; } = new()
    {
        Traffic = RouteYaml.NginxTraffic,
        Manifest = RouteYaml.Ingress,
        Unsplit = Replaced(RouteYaml.Ingress, "service: {name: payments, port", "service: {name: docs, port"),
        SetWeight = (world, weight) =>
        {
            var patch = $$$"""{"metadata": {"annotations": {"nginx.ingress.kubernetes.io/canary-weight": "{{{weight}}}"} } }""";
            if (weight % 5 == 0) world.Delete<V1Ingress>([RouteYaml.CanaryIngress]);
            else world.Try($"give the canary's Ingress {weight}%", () => world.World.Cluster.Kubectl.Patch<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress, patch));
        },
        Delete = world => world.Delete<V1Ingress>([RouteYaml.StableService]),
    };

    public static void Apply(RandomWorld world, string manifest, string how) => world.Try($"apply the route {how}", () => world.World.Cluster.Kubectl.Apply(manifest));

    private static string Replaced(string manifest, string old, string with) =>
        manifest.Contains(old, StringComparison.Ordinal) ? manifest.Replace(old, with, StringComparison.Ordinal) : throw new ArgumentException($"the route has no '{old}'", nameof(old));
}
