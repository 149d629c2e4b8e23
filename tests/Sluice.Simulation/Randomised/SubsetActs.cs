using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>What people do to a DestinationRule whose subsets are the two sides, and to the Service that it is for.</summary>
internal static class SubsetActs
{
    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("turn a subset elsewhere", 3, (world, draws) => Write(world, draws, subset => subset["labels"] = Labelled(world.Elsewhere(draws)), "turned elsewhere")),
        Kind("rename a subset", 1, (world, draws) => Write(world, draws, subset => subset["name"] = "next", "renamed")),
        Kind("give a subset a label that no pod has", 1, (world, draws) => Write(world, draws, subset => subset["labels"] = new JsonObject { ["tier"] = "gold" }, "for pods that there are not")),
        Kind("delete the DestinationRule", 1, (world, _) => world.Delete<V1Beta1DestinationRule>([RouteYaml.StableService])),
        Kind("delete the Service of both", 1, (world, _) => world.Delete<V1Service>([RouteYaml.StableService])),
        Kind("turn the Service of both to one revision", 1, (world, draws) => world.Turn(RouteYaml.StableService, world.Elsewhere(draws))),
        Kind("what leads the traffic is put back", 2, (world, _) => world.PutBackRoutes()),
    ];

    /// <summary>A person writes one of the two subsets anew, and leaves the rest as it is.</summary>
    private static void Write(RandomWorld world, Random draws, Action<JsonObject> change, string how)
    {
        var name = draws.Next(2) == 0 ? RouteYaml.StableSubset : RouteYaml.CanarySubset;
        if (world.World.Cluster.Kubectl.Get<V1Beta1DestinationRule>(ReleaseWorld.Namespace, RouteYaml.StableService) is not { Spec.Subsets: { } subsets }) return;

        var all = new JsonArray([.. subsets.Select(subset => Known(subset, subset.Name == name ? change : _ => { }))]);
        var patch = new JsonObject { ["spec"] = new JsonObject { ["subsets"] = all } }.ToJsonString();
        world.Try($"subset {name} is {how}", () => world.World.Cluster.Kubectl.Patch<V1Beta1DestinationRule>(ReleaseWorld.Namespace, RouteYaml.StableService, patch));
    }

    private static JsonObject Known(V1Beta1Subset subset, Action<JsonObject> change)
    {
        var written = new JsonObject { ["name"] = subset.Name };
        if (subset.Labels is { } labels) written["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value)));
        change(written);
        return written;
    }

    private static JsonObject Labelled(string? revision)
    {
        var labels = new JsonObject { ["app"] = "payments" };
        if (revision is not null) labels[Labels.Revision] = revision;
        return labels;
    }

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Features, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
