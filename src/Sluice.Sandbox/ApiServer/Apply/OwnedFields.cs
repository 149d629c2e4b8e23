using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>The set of fields that an applied configuration speaks of: its leaves, the items of its lists and the keys of its maps.</summary>
internal sealed class OwnedFields
{
    private readonly FieldSet _set = new();
    private readonly List<string> _path = [];

    private OwnedFields()
    {
    }

    public static FieldSet Of(JsonNode? value, StructuralSchema? schema)
    {
        var fields = new OwnedFields();
        fields.Visit(schema, value);
        return fields._set;
    }

    private void Visit(StructuralSchema? schema, JsonNode? value)
    {
        switch (MergeShape.Of(schema, value))
        {
            case Shape.Map:
                VisitFields(schema, value as JsonObject ?? []);
                break;
            case Shape.List:
                VisitItems(schema!, value as JsonArray ?? []);
                break;
            default:
                _set.Insert(_path);
                break;
        }
    }

    private void VisitFields(StructuralSchema? schema, JsonObject map)
    {
        foreach (var (name, value) in map)
        {
            _path.Add(PathElement.Field(name));
            Visit(MergeShape.Field(schema, name), value);
            if (value is null or JsonObject { Count: 0 } || !MergeShape.Declares(schema, name))
                _set.Insert(_path);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void VisitItems(StructuralSchema schema, JsonArray list)
    {
        foreach (var group in list.GroupBy(item => PathElement.Item(schema, item)))
        {
            if (group.Key is null)
                continue;
            _path.Add(group.Key);
            // Items that share a key are owned by the key alone.
            if (group.Count() == 1)
                Visit(schema.Items, group.First());
            _set.Insert(_path);
            _path.RemoveAt(_path.Count - 1);
        }
    }
}
