using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// Reads a text that was read lately as the same string. A cluster's objects say the same again and again (kinds, labels, reasons, names of owners), and the cache
/// keeps thousands of them. What is remembered is bounded: each text has one place, and the last one there stays.
/// </summary>
/// <remarks>Threads may overwrite each other's places: whoever finds another text than his own makes a new string, as if there were no memory at all.</remarks>
internal sealed class SharedText : JsonConverter<string>
{
    private const int Places = 1 << 14;

    /// <summary>Names, uids, label values and reasons are shorter; sentences are seldom said twice.</summary>
    private const int MaxLength = 128;

    private static readonly string?[] Known = new string?[Places];

    /// <summary>What was read stays as it is; what will be read is remembered anew.</summary>
    public static void Forget() => Array.Clear(Known);

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Share(ref reader);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Share(ref reader)!;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    /// <summary>The string or the property's name at which the reader is; null for null.</summary>
    /// <exception cref="InvalidOperationException">It is at something else; the serializer makes a JsonException of that.</exception>
    public static string? Share(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length is 0 or > MaxLength || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return reader.GetString();

        var hash = default(HashCode);
        hash.AddBytes(reader.ValueSpan);
        ref var place = ref Known[hash.ToHashCode() & (Places - 1)];
        // Ascii only: bytes of any other text are never equal to its characters.
        return place is { } known && Ascii.Equals(reader.ValueSpan, known) ? known : place = reader.GetString();
    }
}
