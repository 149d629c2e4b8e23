using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Lays an applied configuration over an object; nothing is removed, and where both have a value the configuration's counts.</summary>
internal static class ObjectMerge
{
    public static JsonObject Merge(JsonObject live, JsonObject applied, StructuralSchema? schema) =>
        Merge(schema, new Slot(live), new Slot(applied)).Value as JsonObject ?? [];

    private static Slot Merge(StructuralSchema? schema, Slot live, Slot applied)
    {
        if (!live.IsPresent && !applied.IsPresent)
            return Slot.Absent;
        var shape = MergeShape.Of(schema, applied.IsPresent ? applied.Value : live.Value);
        return shape switch
        {
            Shape.Map when live.Fields.Count + applied.Fields.Count > 0 => MergeFields(schema, live.Fields, applied.Fields),
            Shape.List when live.Items.Count + applied.Items.Count > 0 => MergeItems(schema!, live.Items, applied.Items),
            _ => new Slot((applied.IsPresent ? applied : live).Value?.DeepClone()),
        };
    }

    private static Slot MergeFields(StructuralSchema? schema, JsonObject live, JsonObject applied)
    {
        var merged = new JsonObject();
        foreach (var name in live.Select(field => field.Key).Union(applied.Select(field => field.Key)))
        {
            if (Merge(MergeShape.Field(schema, name), Slot.Of(live, name), Slot.Of(applied, name)) is { IsPresent: true } slot)
                merged[name] = slot.Value;
        }

        return merged.Count > 0 ? new Slot(merged) : Slot.Absent;
    }

    // Items of both lists stand in the applied order; items of the live list alone keep their place relative to those around them.
    private static Slot MergeItems(StructuralSchema schema, JsonArray live, JsonArray applied)
    {
        var merged = new JsonArray();
        var liveItems = Index(schema, live);
        var appliedItems = Index(schema, applied);
        var liveByKey = liveItems.GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Count() == 1 ? new Slot(group.First().Value) : new Slot(null));
        var appliedByKey = appliedItems.GroupBy(item => item.Key).ToDictionary(group => group.Key, group => new Slot(group.First().Value));
        var shared = new Queue<string>(appliedItems.Select(item => item.Key).Where(liveByKey.ContainsKey));
        var next = shared.Count > 0 ? shared.Dequeue() : null;
        HashSet<string> taken = [];

        void TakeApplied(string key)
        {
            taken.Add(key);
            if (Merge(schema.Items, liveByKey.GetValueOrDefault(key), appliedByKey[key]) is { IsPresent: true } slot)
                merged.Add(slot.Value);
            if (key == next)
                next = shared.Count > 0 ? shared.Dequeue() : null;
        }

        for (int l = 0, a = 0; l < liveItems.Count || a < appliedItems.Count;)
        {
            if (l < liveItems.Count && a < appliedItems.Count)
            {
                var key = liveItems[l].Key;
                if (key == appliedItems[a].Key)
                {
                    TakeApplied(key);
                    l++;
                    a++;
                    continue;
                }

                // A shared item whose turn has not come: the applied order brings it later.
                if (appliedByKey.ContainsKey(key) && next is not null && next != key)
                {
                    l++;
                    continue;
                }
            }

            if (l < liveItems.Count)
            {
                var (key, item) = liveItems[l];
                if (!appliedByKey.ContainsKey(key))
                {
                    merged.Add(item?.DeepClone());
                    l++;
                    continue;
                }

                if (taken.Contains(key))
                    l++;
            }

            if (a < appliedItems.Count)
                TakeApplied(appliedItems[a++].Key);
        }

        return merged.Count > 0 ? new Slot(merged) : Slot.Absent;
    }

    private static List<(string Key, JsonNode? Value)> Index(StructuralSchema schema, JsonArray list)
    {
        List<(string, JsonNode?)> items = [];
        foreach (var item in list)
        {
            if (PathElement.Item(schema, item) is { } key)
                items.Add((key, item));
        }

        return items;
    }
}
