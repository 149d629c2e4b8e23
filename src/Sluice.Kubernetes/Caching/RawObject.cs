using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Caching;

/// <summary>The metadata of an object that may be anything.</summary>
internal static class RawObject
{
    public static NamespacedName KeyOf(JsonElement item) => new(Text(Metadata(item), "namespace") ?? "", Text(Metadata(item), "name") ?? "");

    /// <summary>Null when there is none.</summary>
    public static string? VersionOf(JsonElement item) => Text(Metadata(item), "resourceVersion") is { Length: > 0 } text ? text : null;

    public static string? Annotation(JsonElement item, string key) => Text(Property(Metadata(item), "annotations"), key);

    private static JsonElement Metadata(JsonElement item) => Property(item, "metadata");

    private static JsonElement Property(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement item, string name) =>
        Property(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
