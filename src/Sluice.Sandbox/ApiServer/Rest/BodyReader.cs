using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Bodies as JSON, whether they arrive as JSON or as YAML.</summary>
internal static class BodyReader
{
    // Said, and not left out: a node without options looks for those of its ancestors with every access.
    private static readonly JsonNodeOptions NodeOptions = new() { PropertyNameCaseInsensitive = false };

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    /// <summary>Parses a whole body.</summary>
    /// <param name="body">The body as it was sent.</param>
    /// <param name="yaml">Whether it may be YAML; otherwise it is JSON.</param>
    /// <param name="duplicates">Receives the paths of fields that stand twice; the last one of them counts.</param>
    /// <exception cref="FormatException">With Kubernetes' words for what is wrong.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> body, bool yaml, List<string>? duplicates = null)
    {
        var text = body.Span;
        if (yaml && text.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..]) return YamlReader.Parse(Encoding.UTF8.GetString(text));
        try
        {
            return JsonNode.Parse(text, NodeOptions, Options);
        }
        catch (JsonException failure)
        {
            if (GoJsonSyntax.FirstError(body.Span) is { } error) throw new FormatException(error, failure);
            if (!IsDuplicate(failure)) throw new FormatException(failure.Message, failure);
            return DuplicateFields.Read(body, duplicates ?? []);
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

    private static bool IsDuplicate(JsonException failure) => failure.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase);
}
