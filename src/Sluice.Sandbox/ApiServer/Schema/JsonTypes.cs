using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>The names of JSON types as schemas use them.</summary>
internal static class JsonTypes
{
    public static string Of(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => JsonNumber.TryReadInteger(value, out _) ? "integer" : "number",
        _ => "boolean",
    };

    /// <summary>A number without a fraction, within what a double holds exactly.</summary>
    public static bool IsWhole(JsonNode value) =>
        JsonNumber.TryReadDouble(value, out var number) && Math.Abs(number) < 9007199254740992 && number == Math.Truncate(number);
}
