using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>The name of a pod template: FNV-1a (32 bit) over its JSON with sorted keys, in the alphabet of generated names.</summary>
internal static class TemplateHash
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Of(V1PodTemplateSpec? template, int collisionCount)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            WriteSorted(writer, template?.Metadata?.Labels);
            WriteSorted(writer, template?.Metadata?.Annotations);
            if (template?.Spec is { } spec) WriteSorted(writer, spec);
            if (collisionCount > 0) writer.WriteNumberValue(collisionCount);
            writer.WriteEndArray();
        }

        var hash = 2166136261u;
        foreach (var value in buffer.WrittenSpan) hash = (hash ^ value) * 16777619u;
        var text = new StringBuilder();
        for (; hash > 0; hash /= (uint)Alphabet.Length) text.Append(Alphabet[(int)(hash % (uint)Alphabet.Length)]);
        return text.ToString();
    }

    private static void WriteSorted(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? map)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in (map ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal)) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteSorted(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteSorted(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
