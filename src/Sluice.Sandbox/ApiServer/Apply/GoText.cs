using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Values as Go prints them in messages: <c>map[a:1 b:[x y]]</c>.</summary>
internal static class GoText
{
    public static string Of(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(" ", map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}:{Of(field.Value)}"))}]",
        JsonArray list => $"[{string.Join(" ", list.Select(Of))}]",
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
