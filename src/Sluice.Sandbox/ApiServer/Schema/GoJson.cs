using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>How Go's JSON encoder differs from System.Text.Json's: less is escaped, but HTML's special characters are.</summary>
internal static class GoJson
{
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Escape(string relaxedJson) => relaxedJson
        .Replace("<", "\\u003c", StringComparison.Ordinal)
        .Replace(">", "\\u003e", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal);
}
