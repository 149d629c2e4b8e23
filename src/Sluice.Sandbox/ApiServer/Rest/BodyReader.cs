using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Bodies as JSON, whether they arrive as JSON or as YAML.</summary>
internal static class BodyReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    /// <summary>Parses a whole body.</summary>
    /// <exception cref="FormatException">With Kubernetes' words for what is wrong.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> body, bool yaml)
    {
        var text = body.Span;
        if (yaml && text.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..]) return YamlReader.Parse(Encoding.UTF8.GetString(text));
        try
        {
            return JsonNode.Parse(text, documentOptions: Options);
        }
        catch (JsonException failure)
        {
            throw new FormatException(Explain(body.Span, failure), failure);
        }
    }

    public static bool IsYaml(string contentType) => contentType.Contains("yaml", StringComparison.OrdinalIgnoreCase);

    /// <summary>The media type without its parameters; JSON where none is given.</summary>
    public static string MediaType(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
        return type.Length == 0 ? "application/json" : type;
    }

    private static string Explain(ReadOnlySpan<byte> body, JsonException failure)
    {
        if (failure.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase)) return failure.Message;
        var at = Offset(body, failure);
        if (at >= body.Length) return "unexpected end of JSON input";
        var before = body[..at].TrimEnd(" \t\r\n"u8);
        var where = before is [.., (byte)'{'] ? "object key string" : "value";
        return $"invalid character '{(char)body[at]}' looking for beginning of {where}";
    }

    private static int Offset(ReadOnlySpan<byte> body, JsonException failure)
    {
        var start = 0;
        for (var line = failure.LineNumber ?? 0; line > 0; line--)
        {
            var end = body[start..].IndexOf((byte)'\n');
            if (end < 0) break;
            start += end + 1;
        }

        return start + (int)(failure.BytePositionInLine ?? 0);
    }
}
