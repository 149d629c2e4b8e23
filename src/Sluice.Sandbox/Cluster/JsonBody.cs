using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

/// <summary>Bodies of requests. The patches carry the UID and version that were seen, so that a late one fails instead of winning.</summary>
internal static class JsonBody
{
    public static byte[] Of(JsonObject value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            value.WriteTo(writer);
        }

        return stream.ToArray();
    }

    public static RawRequest Request(HttpMethod method, string path, JsonObject body) => new(method, path) { Body = Of(body) };

    public static KubernetesPatch Spec(V1ObjectMeta seen, string field, JsonNode? value) =>
        KubernetesPatch.Merge(Of(new JsonObject { ["metadata"] = Fence(seen), ["spec"] = new JsonObject { [field] = value } }));

    public static KubernetesPatch Finalizers(V1ObjectMeta seen, IEnumerable<string> finalizers)
    {
        var metadata = Fence(seen);
        metadata["finalizers"] = NullIfEmpty(Array(finalizers));
        return KubernetesPatch.Merge(Of(new JsonObject { ["metadata"] = metadata }));
    }

    public static KubernetesPatch OwnerReferences(V1ObjectMeta seen, IEnumerable<V1OwnerReference> owners)
    {
        var metadata = Fence(seen);
        metadata["ownerReferences"] = NullIfEmpty(new JsonArray([.. owners.Select(owner => JsonSerializer.SerializeToNode(owner, ModelsJsonContext.Default.V1OwnerReference))]));
        return KubernetesPatch.Merge(Of(new JsonObject { ["metadata"] = metadata }));
    }

    public static KubernetesPatch Annotations(V1ObjectMeta seen, IReadOnlyDictionary<string, string> annotations)
    {
        var metadata = Fence(seen);
        metadata["annotations"] = Map(annotations);
        return KubernetesPatch.Merge(Of(new JsonObject { ["metadata"] = metadata }));
    }

    public static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);

    public static JsonObject Map(IReadOnlyDictionary<string, string> values)
    {
        var map = new JsonObject();
        foreach (var (key, value) in values) map[key] = value;
        return map;
    }

    private static JsonArray? NullIfEmpty(JsonArray items) => items.Count == 0 ? null : items;

    private static JsonObject Fence(V1ObjectMeta seen) => new() { ["uid"] = seen.Uid, ["resourceVersion"] = seen.ResourceVersion };
}
