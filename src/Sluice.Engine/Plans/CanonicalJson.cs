using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Engine.Plans;

/// <summary>
/// One text for each meaning: members sorted by ordinal, nulls left out, no white space. Two documents with the same text are the same to Kubernetes.
/// </summary>
public static class CanonicalJson
{
    private const int HashLength = 10;

    /// <summary>The first ten hexadecimal digits of the SHA-256 of the canonical text: a name, never a proof of equality.</summary>
    public static string ShortHash(JsonElement value) => ShortHash(Bytes(value));

    /// <summary>The same of a text that is canonical already.</summary>
    public static string ShortHash(ReadOnlySpan<byte> canonical) => Convert.ToHexStringLower(SHA256.HashData(canonical))[..HashLength];

    /// <summary>
    /// As <see cref="ShortHash(ReadOnlySpan{byte})"/>, but that it has a letter which is not <c>e</c>: 1234567890 and 12e4567890, which people do not put into quotes,
    /// are numbers to YAML. One hash in forty begins without such a letter; then the first ten digits that have one are taken.
    /// </summary>
    public static string WordHash(ReadOnlySpan<byte> canonical)
    {
        var digits = Convert.ToHexStringLower(SHA256.HashData(canonical));
        var words = Enumerable.Range(0, digits.Length - HashLength + 1).Select(start => digits.Substring(start, HashLength));
        return words.FirstOrDefault(word => word.Any(digit => digit is >= 'a' and <= 'f' and not 'e')) ?? digits[..HashLength];
    }

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
