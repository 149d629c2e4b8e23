using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Engine.Plans;

/// <summary>
/// One text for each meaning: members sorted by ordinal, nulls left out, no white space. Two documents with the same text are the same to Kubernetes.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The first ten hexadecimal digits of the SHA-256 of the canonical text: a name, never a proof of equality.</summary>
    public static string ShortHash(JsonElement value) => ShortHash(Bytes(value));

    /// <summary>The same of a text that is canonical already.</summary>
    public static string ShortHash(ReadOnlySpan<byte> canonical) => Convert.ToHexStringLower(SHA256.HashData(canonical))[..10];

    public static byte[] Bytes(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
