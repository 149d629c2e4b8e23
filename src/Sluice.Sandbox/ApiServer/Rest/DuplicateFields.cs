using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Reads JSON in which a field stands twice: the last one counts, and each that was overridden is told.</summary>
internal static class DuplicateFields
{
    private const int MostDepth = 256;

    /// <param name="text">Well-formed JSON.</param>
    /// <param name="duplicates">Receives the paths of the fields, in the order in which they are found.</param>
    public static JsonNode? Read(ReadOnlyMemory<byte> text, List<string> duplicates)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostDepth });
        return Convert(document.RootElement, "", duplicates);
    }

    private static JsonNode? Convert(JsonElement element, string path, List<string> duplicates)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select((item, index) => Convert(item, $"{path}[{index}]", duplicates))]);
            case JsonValueKind.Object:
                var fields = new JsonObject();
                foreach (var field in element.EnumerateObject())
                {
                    var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                    if (fields.ContainsKey(field.Name) && !duplicates.Contains(at)) duplicates.Add(at);
                    fields[field.Name] = Convert(field.Value, at, duplicates);
                }

                return fields;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
