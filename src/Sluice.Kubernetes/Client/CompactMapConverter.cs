using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Client;

/// <summary>Reads labels and annotations in the order in which they are written, the last one of two that have the same key.</summary>
internal sealed class CompactMapConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    /// <summary>Searching more from the beginning would cost more than it saves, and without a limit anybody's annotations could hold everything up.</summary>
    private const int MostEntries = 16;

    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();

        var map = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = SharedText.Share(ref reader)!;
            reader.Read();
            map[key] = SharedText.Share(ref reader)!;
        }

        return map.Count > MostEntries ? map : new CompactMap([.. map]);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value) writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}
