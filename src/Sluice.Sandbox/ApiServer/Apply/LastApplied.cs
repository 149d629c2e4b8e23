using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>The annotation in which kubectl keeps what it applied from the client's side.</summary>
internal static class LastApplied
{
    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The paths that the annotation accounts for: those that still have the value applied then.</summary>
    public static IReadOnlySet<IReadOnlyList<string>> OwnedFields(JsonObject live, string apiVersion, StructuralSchema? schema)
    {
        var paths = new HashSet<IReadOnlyList<string>>(PathEquality.Instance);
        if (Read(live) is not { } configuration || configuration.Text("apiVersion") != apiVersion)
            return paths;

        var comparison = ObjectComparison.Of(configuration, live, schema);
        var unchanged = Apply.OwnedFields.Of(configuration, schema)
            .Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
        paths.UnionWith(unchanged.Paths());
        return paths;
    }

    /// <summary>Where the annotation is, an apply by kubectl keeps it up to date, so that going back to client-side apply stays possible.</summary>
    public static void Refresh(JsonObject merged, JsonObject applied, string manager)
    {
        if (manager != "kubectl" || merged["metadata"]?["annotations"] is not JsonObject annotations || annotations.Text(Annotation).Length == 0)
            return;
        var configuration = applied.DeepClone().AsObject();
        (configuration["metadata"]?["annotations"] as JsonObject)?.Remove(Annotation);
        annotations[Annotation] = configuration.ToJsonString() + "\n";
    }

    private static JsonObject? Read(JsonObject live)
    {
        if (live["metadata"]?["annotations"] is not JsonObject annotations)
            return null;
        try
        {
            return JsonNode.Parse(annotations.Text(Annotation)) as JsonObject;
        }
        catch (JsonException)
        {
            // Anyone may write an annotation: one that is no JSON accounts for nothing.
            return null;
        }
    }

    private sealed class PathEquality : IEqualityComparer<IReadOnlyList<string>>
    {
        public static readonly PathEquality Instance = new();

        public bool Equals(IReadOnlyList<string>? x, IReadOnlyList<string>? y) => x is not null && y is not null && x.SequenceEqual(y);

        public int GetHashCode(IReadOnlyList<string> path) => path.Aggregate(0, HashCode.Combine);
    }
}
