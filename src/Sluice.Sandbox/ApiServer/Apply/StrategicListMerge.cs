using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Merges a patch's list into the server's: items with the same merge key merge, scalars join as a set.</summary>
internal static class StrategicListMerge
{
    /// <summary>Merges two lists.</summary>
    /// <param name="existing">The server's list.</param>
    /// <param name="patch">The patch's list.</param>
    /// <param name="order">The order asked for by <c>$setElementOrder</c>; null when there is none.</param>
    /// <param name="schema">The list's schema.</param>
    public static JsonArray Merge(JsonArray existing, JsonArray patch, JsonArray? order, StructuralSchema? schema)
    {
        var key = schema?.PatchMergeKey ?? "";
        var isOfObjects = existing.Concat(patch).Any(item => item is JsonObject);
        if (isOfObjects && key.Length == 0)
            throw new StrategicMergePatchException("cannot merge lists without merge key");
        if (order is not null)
            CheckOrder(patch, order, isOfObjects ? key : "");
        var merged = isOfObjects ? MergeObjects(existing, patch, key, schema?.Items) : MergeScalars(existing, patch);
        return Sort(merged, order ?? patch, existing, isOfObjects ? key : "");
    }

    // What is added or changed must stand in the order asked for, and nothing may be missing from it.
    private static void CheckOrder(JsonArray patch, JsonArray order, string key)
    {
        JsonNode? IdOfItem(JsonNode? item) => item is JsonObject map && key.Length > 0 ? map[key] : item;
        var wanted = order.Select(IdOfItem).ToList();
        var next = 0;
        foreach (var item in patch.Where(item => item is not JsonObject map || !map.ContainsKey(StrategicMergePatch.Directive)))
        {
            var place = wanted.FindIndex(next, id => JsonNumber.DeepEquals(id, IdOfItem(item)));
            if (place < 0)
                throw new StrategicMergePatchException($"The order in patch list:\n{GoText.Of(patch)}\n doesn't match $setElementOrder list:\n{GoText.Of(order)}\n");
            next = place + 1;
        }
    }

    private static List<JsonNode?> MergeScalars(JsonArray existing, JsonArray patch)
    {
        List<JsonNode?> merged = [];
        foreach (var item in existing.Concat(patch))
        {
            if (!merged.Any(other => JsonNumber.DeepEquals(other, item)))
                merged.Add(item?.DeepClone());
        }

        return merged;
    }

    private static List<JsonNode?> MergeObjects(JsonArray existing, JsonArray patch, string key, StructuralSchema? schema)
    {
        var items = patch.Select(item => item as JsonObject ?? throw new StrategicMergePatchException("lists of lists are not supported")).ToList();
        var plain = items.Where(item => !item.ContainsKey(StrategicMergePatch.Directive)).ToList();
        if (items.Any(item => item.Text(StrategicMergePatch.Directive) == "replace"))
            return [.. plain.Select(item => item.DeepClone())];

        List<JsonNode?> merged = [.. existing.Select(item => item?.DeepClone())];
        foreach (var item in items.Except(plain))
            Delete(merged, item, key);
        foreach (var item in plain)
        {
            var id = IdOf(item, key);
            var index = merged.FindIndex(other => other is JsonObject map && JsonNumber.DeepEquals(map[key], id));
            if (index >= 0)
                merged[index] = StrategicMergePatch.MergeObject(merged[index]!.AsObject(), item, schema);
            else
                merged.Add(StrategicMergePatch.WithoutDirectives(item));
        }

        return merged;
    }

    private static void Delete(List<JsonNode?> merged, JsonObject item, string key)
    {
        switch (item.Text(StrategicMergePatch.Directive))
        {
            case "delete":
                var id = IdOf(item, key);
                merged.RemoveAll(other => other is JsonObject map && JsonNumber.DeepEquals(map[key], id));
                break;
            case "merge":
                throw new StrategicMergePatchException("merging lists cannot yet be specified in the patch");
            default:
                throw new StrategicMergePatchException($"unknown patch type: {item.Text(StrategicMergePatch.Directive)} in map: {GoText.Of(item)}");
        }
    }

    private static JsonNode? IdOf(JsonObject item, string key) => item.TryGetPropertyValue(key, out var id)
        ? id
        : throw new StrategicMergePatchException($"map: {GoText.Of(item)} does not contain declared merge key: {key}");

    /// <summary>
    /// Items that the order names stand in its order, the server's own in the server's; the two are laid into each other so that
    /// an own item precedes a named one only where it did so in the server's list.
    /// </summary>
    private static JsonArray Sort(List<JsonNode?> merged, JsonArray order, JsonArray servers, string key)
    {
        JsonNode? IdOfItem(JsonNode? item) => item is JsonObject map && key.Length > 0 ? map[key] : item;
        int PlaceIn(JsonArray list, JsonNode? item) => list.ToList().FindIndex(other => JsonNumber.DeepEquals(IdOfItem(other), IdOfItem(item)));

        var named = merged.Where(item => PlaceIn(order, item) >= 0).OrderBy(item => PlaceIn(order, item)).ToList();
        var own = new Queue<JsonNode?>(merged.Where(item => PlaceIn(order, item) < 0).OrderBy(item => PlaceIn(servers, item)));
        var sorted = new JsonArray();
        foreach (var item in named)
        {
            while (own.Count > 0 && PlaceIn(servers, own.Peek()) is >= 0 and var place && place < PlaceIn(servers, item))
                sorted.Add(own.Dequeue());
            sorted.Add(item);
        }

        while (own.Count > 0)
            sorted.Add(own.Dequeue());
        return sorted;
    }
}
