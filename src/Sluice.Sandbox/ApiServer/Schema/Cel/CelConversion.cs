using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Turns JSON into the values of expressions, and values into text.</summary>
internal static class CelConversion
{
    public static object FromJson(JsonNode? value, StructuralSchema? schema, bool isResource = false)
    {
        switch (value)
        {
            case null:
                return CelNull.Value;
            case JsonObject map when schema is { Type: "object", AdditionalProperties: null }:
                return new CelObject(map, schema, isResource || schema.EmbeddedResource);
            case JsonObject map:
                var entries = new CelMap();
                foreach (var (name, child) in map)
                    entries[name] = FromJson(child, schema?.AdditionalProperties);
                return entries;
            case JsonArray list:
                return new CelList([.. list.Select(item => FromJson(item, schema?.Items))], schema);
            default:
                return FromScalar(value, schema);
        }
    }

    public static string TypeName(object value) => value switch
    {
        CelNull => "null_type",
        bool => "bool",
        long => "int",
        ulong => "uint",
        double => "double",
        string => "string",
        CelBytes => "bytes",
        CelList => "list",
        CelMap => "map",
        TimeSpan => "google.protobuf.Duration",
        DateTimeOffset => "google.protobuf.Timestamp",
        Quantity => "kubernetes.Quantity",
        CelOptional => "optional_type",
        CelTypeName => "type",
        _ => "object",
    };

    /// <summary>The value as <c>string()</c> writes it.</summary>
    public static string ToText(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        double number => GoText.ShortDouble(number),
        CelBytes bytes => bytes.ToString(),
        TimeSpan duration => CelTime.ToText(duration),
        DateTimeOffset timestamp => CelTime.ToText(timestamp),
        _ => throw new CelException(CelException.NoOverload),
    };

    private static object FromScalar(JsonNode value, StructuralSchema? schema)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                return FromText(value.GetValue<string>(), schema);
            case JsonValueKind.Number when schema?.Type != "number" && JsonNumber.TryReadInteger(value, out var integer):
                return integer;
            case JsonValueKind.Number:
                if (schema?.Type == "integer") throw new CelException("invalid data, expected int, got float64");
                JsonNumber.TryReadDouble(value, out var number);
                return number;
            default:
                return value.GetValueKind() == JsonValueKind.True;
        }
    }

    private static object FromText(string text, StructuralSchema? schema) => schema is not { Type: "string" } ? text : schema.Format switch
    {
        "byte" => new CelBytes(Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text)),
        "duration" => CelTime.TryParseDuration(text, out var duration) ? duration : text,
        "date-time" or "date" => CelTime.TryParseTimestamp(text, out var timestamp) ? timestamp : text,
        _ => text,
    };
}
