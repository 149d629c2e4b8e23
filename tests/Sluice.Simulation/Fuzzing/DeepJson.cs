using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulation.Fuzzing;

/// <summary>Writes trees that are deeper than anybody should make them.</summary>
internal static class DeepJson
{
    /// <summary>Takes the nulls out of all lists: there is no schema in which an API server stores them.</summary>
    public static void DropNullItems(JsonNode? tree)
    {
        if (tree is JsonArray items) items.RemoveAll(item => item is null);
        IEnumerable<JsonNode?> members = tree switch
        {
            JsonArray list => list,
            JsonObject fields => fields.Select(field => field.Value),
            _ => [],
        };
        foreach (var member in members) DropNullItems(member);
    }

    public static byte[] Bytes(JsonNode tree)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = 100_000 })) tree.WriteTo(writer);
        return bytes.WrittenSpan.ToArray();
    }
}
