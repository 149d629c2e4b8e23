using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>One stored version of one object, decoded once for each type that reads it, however many readers there are.</summary>
internal sealed class ObjectVersion(JsonObject value, ReadOnlyMemory<byte> text, JsonSerializerOptions json)
{
    private readonly List<IKubernetesObject> _decoded = [];
    private readonly JsonObject? _labels = (value["metadata"] as JsonObject)?["labels"] as JsonObject;

    /// <summary>The object as a record of this type.</summary>
    /// <exception cref="JsonException">The object is not what the type describes.</exception>
    public IKubernetesObject As(Type type)
    {
        foreach (var known in _decoded)
        {
            if (known.GetType() == type) return known;
        }

        var decoded = (IKubernetesObject?)JsonSerializer.Deserialize(text.Span, json.GetTypeInfo(type)) ?? throw new JsonException("null instead of an object");
        _decoded.Add(decoded);
        return decoded;
    }

    /// <summary>Reads the labels without decoding the object.</summary>
    public bool HasLabels(IReadOnlyDictionary<string, string> wanted)
    {
        if (wanted.Count == 0) return true;
        if (_labels is null) return false;
        foreach (var (name, text) in wanted)
        {
            if (_labels[name] is not JsonValue label || !Says(label, text)) return false;
        }

        return true;
    }

    // What was parsed is compared as it lies there: reading it would make a new string each time.
    private static bool Says(JsonValue label, string text) => label.TryGetValue(out JsonElement parsed) ? parsed.ValueEquals(text) : (string?)label == text;
}
