using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>The formats that Kubernetes checks; any other may be named, and means nothing.</summary>
internal static class SchemaFormats
{
    private static readonly HashSet<string> OfText =
    [
        "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5", "isbn", "isbn10", "isbn13", "creditcard",
        "ssn", "hexcolor", "rgbcolor", "byte", "password", "date", "duration", "datetime", "date-time", "k8s-short-name", "k8s-long-name",
    ];

    private static readonly HashSet<string> OfNumbers = ["int32", "int64", "float", "double"];

    /// <summary>The formats of a schema that are not known for their type, in the order of the schema.</summary>
    public static IEnumerable<string> Unrecognized(JsonObject? schema)
    {
        if (schema is null) yield break;
        var format = schema.Text("format");
        var isKnown = format.Length == 0 || OfText.Contains(format) || (schema.Text("type") is "integer" or "number" && OfNumbers.Contains(format));
        if (!isKnown) yield return format;
        var children = (schema["properties"] as JsonObject ?? []).Select(property => property.Value).Append(schema["items"]).Append(schema["additionalProperties"]);
        foreach (var inner in children.OfType<JsonObject>().SelectMany(Unrecognized)) yield return inner;
    }
}
