using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

internal static class ReadableJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON on one line, with no more escapes than it needs.</summary>
    public static string ToReadableText(this JsonNode node) => node.ToJsonString(Options);
}
