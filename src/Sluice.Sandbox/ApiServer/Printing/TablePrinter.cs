using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>Which part of each object a table carries beside its cells.</summary>
internal enum IncludeObject
{
    Metadata,
    None,
    Object,
}

/// <summary>The Table and PartialObjectMetadata forms of objects.</summary>
internal static class TablePrinter
{
    private const string MetaVersion = "meta.k8s.io/v1";

    public static JsonObject Table(
        IReadOnlyList<TableColumn> columns, IEnumerable<JsonObject> objects, JsonObject metadata, IncludeObject include, DateTimeOffset now, bool withColumns)
    {
        var rows = new JsonArray([.. objects.Select(value => Row(columns, value, include, now))]);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = MetaVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. columns.Select(column => column.Definition())]) : null,
            ["rows"] = rows,
        };
    }

    public static IncludeObject ParseInclude(string? text) => text switch
    {
        null or "Metadata" => IncludeObject.Metadata,
        "None" => IncludeObject.None,
        "Object" => IncludeObject.Object,
        _ => throw ApiStatus.BadRequest(
            $"Unable to convert to Table as requested: includeObject: Invalid value: \"{text}\": must be 'Metadata', 'Object', 'None', or empty").ToException(),
    };

    public static JsonObject PartialMetadata(JsonObject value) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = MetaVersion,
        ["metadata"] = value["metadata"]?.DeepClone() ?? new JsonObject(),
    };

    public static JsonObject PartialMetadataList(IEnumerable<JsonObject> objects, JsonObject metadata)
    {
        JsonNode[] items = [.. objects.Select(PartialMetadata)];
        return new JsonObject
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = MetaVersion,
            ["metadata"] = metadata,
            ["items"] = items.Length > 0 ? new JsonArray(items) : null,
        };
    }

    private static JsonObject Row(IReadOnlyList<TableColumn> columns, JsonObject value, IncludeObject include, DateTimeOffset now) => new()
    {
        ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(value, now))]),
        ["object"] = include switch
        {
            IncludeObject.None => null,
            IncludeObject.Object => value.DeepClone(),
            _ => PartialMetadata(value),
        },
    };
}
