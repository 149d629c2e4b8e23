using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Which fields differ between two states of an object. No path is in more than one of the three sets.</summary>
internal sealed class ObjectComparison
{
    private readonly List<string> _path = [];

    private ObjectComparison()
    {
    }

    /// <summary>Fields that only the new state has.</summary>
    public FieldSet Added { get; } = new();

    /// <summary>Fields that both states have, with different values.</summary>
    public FieldSet Modified { get; } = new();

    /// <summary>Fields that only the old state has.</summary>
    public FieldSet Removed { get; } = new();

    public static ObjectComparison Of(JsonObject old, JsonObject updated, StructuralSchema? schema)
    {
        var comparison = new ObjectComparison();
        comparison.Compare(schema, new Slot(old), new Slot(updated));
        return comparison;
    }

    private void Compare(StructuralSchema? schema, Slot old, Slot updated)
    {
        var oldShape = old.IsPresent ? MergeShape.Of(schema, old.Value) : MergeShape.Of(schema, updated.Value);
        var shape = updated.IsPresent ? MergeShape.Of(schema, updated.Value) : oldShape;
        if (oldShape != shape)
            Visit(oldShape, schema, old, updated);
        if (Visit(shape, schema, old, updated))
            return;
        if (!old.IsPresent)
            Added.Insert(_path);
        else if (!updated.IsPresent)
            Removed.Insert(_path);
    }

    // True when the value was compared as a whole.
    private bool Visit(Shape shape, StructuralSchema? schema, Slot old, Slot updated)
    {
        switch (shape)
        {
            case Shape.Map when old.Fields.Count + updated.Fields.Count > 0:
                VisitFields(schema, old.Fields, updated.Fields);
                return false;
            case Shape.List when old.Items.Count + updated.Items.Count > 0:
                VisitItems(schema!, old.Items, updated.Items);
                return false;
            default:
                CompareWhole(old, updated);
                return true;
        }
    }

    private void CompareWhole(Slot old, Slot updated)
    {
        if (!old.IsPresent)
            Added.Insert(_path);
        else if (!updated.IsPresent)
            Removed.Insert(_path);
        else if (!JsonNumber.DeepEquals(old.Value, updated.Value))
            Modified.Insert(_path);
    }

    // What is equal has no differences within: only the way to those that are is walked with all its shapes and keys.
    private void VisitFields(StructuralSchema? schema, JsonObject old, JsonObject updated)
    {
        foreach (var (name, value) in old)
        {
            var next = Slot.Of(updated, name);
            if (!next.IsPresent || !JsonNumber.DeepEquals(value, next.Value))
                Descend(PathElement.Field(name), MergeShape.Field(schema, name), new Slot(value), next);
        }

        foreach (var (name, value) in updated)
        {
            if (!old.ContainsKey(name))
                Descend(PathElement.Field(name), MergeShape.Field(schema, name), Slot.Absent, new Slot(value));
        }
    }

    private void VisitItems(StructuralSchema schema, JsonArray old, JsonArray updated)
    {
        var oldItems = Group(schema, old);
        var updatedItems = Group(schema, updated);
        foreach (var element in oldItems.Keys.Union(updatedItems.Keys))
            CompareItems(schema, element, oldItems.GetValueOrDefault(element) ?? [], updatedItems.GetValueOrDefault(element) ?? []);
    }

    // Items that share a key cannot be merged one by one: they are owned together, by the key.
    private void CompareItems(StructuralSchema schema, string element, List<JsonNode?> old, List<JsonNode?> updated)
    {
        var oldItem = old.Count > 0 ? new Slot(old[0]) : Slot.Absent;
        var updatedItem = updated.Count > 0 ? new Slot(updated[0]) : Slot.Absent;
        switch (old.Count, updated.Count)
        {
            case ( <= 1, <= 1):
                Descend(element, schema.Items, oldItem, updatedItem);
                break;
            case ( > 1, > 1):
                if (old.Count != updated.Count || !old.Zip(updated).All(pair => JsonNumber.DeepEquals(pair.First, pair.Second)))
                    Modified.Insert([.. _path, element]);
                break;
            case ( > 1, _):
                if (updatedItem.IsPresent)
                    Descend(element, schema.Items, Slot.Absent, updatedItem);
                Removed.Insert([.. _path, element]);
                break;
            default:
                if (oldItem.IsPresent)
                    Descend(element, schema.Items, oldItem, Slot.Absent);
                Added.Insert([.. _path, element]);
                break;
        }
    }

    private void Descend(string element, StructuralSchema? schema, Slot old, Slot updated)
    {
        _path.Add(element);
        Compare(schema, old, updated);
        _path.RemoveAt(_path.Count - 1);
    }

    private static Dictionary<string, List<JsonNode?>> Group(StructuralSchema schema, JsonArray list)
    {
        Dictionary<string, List<JsonNode?>> groups = [];
        foreach (var item in list)
        {
            if (PathElement.Item(schema, item) is not { } element)
                continue;
            if (!groups.TryGetValue(element, out var group))
                groups[element] = group = [];
            group.Add(item);
        }

        return groups;
    }
}
