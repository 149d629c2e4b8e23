using System.Globalization;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>What people do to what only some histories have.</summary>
internal static class FeatureActs
{
    private static readonly DeleteOptions AtOnce = DeleteOptions.Background with { GracePeriodSeconds = 0 };

    private static readonly IReadOnlyList<DisturbanceKind> OfChecks =
    [
        Kind("delete a check's Job", 2, (world, draws) => world.Delete<V1Job>(OneOf(draws, ChecksOf<V1Job>(world)))),
        Kind("remove the finalizers of a check's Job", 1, (world, draws) =>
        {
            foreach (var job in OneOf(draws, ChecksOf<V1Job>(world))) world.Try($"remove the finalizers of Job {job}", () => world.World.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job, """{"metadata":{"finalizers":null}}"""));
        }),
        Kind("a check's pod is gone", 1, (world, draws) => world.Delete<V1Pod>(OneOf(draws, ChecksOf<V1Pod>(world)), AtOnce)),
    ];

    private static readonly IReadOnlyList<DisturbanceKind> OfRestarts =
    [
        Kind("restart", 1, (world, draws) =>
        {
            var at = world.World.Cluster.Now.AddSeconds(draws.Next(4) == 0 ? draws.Next(-60, 120) : 0);
            world.Patch($$$"""{"spec":{"restartAt":"{{{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}}"}}""");
        }),
    ];

    private static readonly IReadOnlyList<DisturbanceKind> OfAutoscalers =
    [
        Kind("an autoscaler scales", 1, (world, draws) =>
        {
            var replicas = draws.Next(1, (2 * world.Plans.Last.Replicas) + 1);
            if (world.World.Exists) world.Try($"scale to {replicas}", () => world.World.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, replicas));
        }),
    ];

    private static readonly IReadOnlyList<DisturbanceKind> OfServices =
    [
        Kind("turn a Service elsewhere", 3, (world, draws) =>
        {
            var service = draws.Next(2) == 0 ? RouteYaml.StableService : RouteYaml.CanaryService;
            world.Turn(service, world.Elsewhere(draws));
        }),
        Kind("delete a Service", 1, (world, draws) => world.Delete<V1Service>([draws.Next(2) == 0 ? RouteYaml.StableService : RouteYaml.CanaryService])),
        Kind("what leads the traffic is put back", 2, (world, _) => world.PutBackRoutes()),
    ];

    public static IReadOnlyList<DisturbanceKind> Of(Features features) =>
    [
        .. features.HasChecks ? OfChecks : [],
        .. features.IsRestarted ? OfRestarts : [],
        .. features.IsAutoscaled ? OfAutoscalers : [],
        .. features.HasServices ? OfServices : [],
        .. features.Route is { } route ? RouteActs.Of(route) : [],
        .. features.Steering == Steering.IstioSubsets ? SubsetActs.Kinds : [],
        .. features.Workload is not null ? WorkloadActs.Kinds : [],
    ];

    private static IReadOnlyList<string> ChecksOf<T>(RandomWorld world)
        where T : class, IKubernetesObject => [.. world.World.Cluster.List<T>(ReleaseWorld.Namespace).Where(item => item.Metadata.Label(Labels.Checks) is not null).Select(item => item.Metadata.Name!)];

    private static IEnumerable<string> OneOf(Random draws, IReadOnlyList<string> names) => names.Count == 0 ? [] : [names[draws.Next(names.Count)]];

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Features, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
