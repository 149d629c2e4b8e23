using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Keeps <c>metadata.managedFields</c> for writes other than apply.</summary>
internal static class ManagedFields
{
    private const string BeforeFirstApplyManager = "before-first-apply";

    /// <summary>Fields that the server sets or that say which object it is.</summary>
    internal static readonly FieldSet NeverOwned = FieldSet.Of(
        ["apiVersion"],
        ["kind"],
        ["metadata"],
        ["metadata", "name"],
        ["metadata", "namespace"],
        ["metadata", "creationTimestamp"],
        ["metadata", "selfLink"],
        ["metadata", "uid"],
        ["metadata", "clusterName"],
        ["metadata", "generation"],
        ["metadata", "managedFields"],
        ["metadata", "resourceVersion"]);

    /// <summary>Accounts for a POST, PUT or PATCH: the writer owns what it changed, and nobody else does.</summary>
    /// <param name="old">The stored object; null on creation. It is not changed.</param>
    /// <param name="updated">The object as it would be stored, defaults included. Its <c>metadata.managedFields</c> become those of the write.</param>
    /// <param name="manager">The field manager of the request.</param>
    /// <param name="apiVersion">The <c>group/version</c> (<c>v1</c> for core) of the request.</param>
    /// <param name="subresource">The subresource written to, such as <c>status</c>; empty for the object itself.</param>
    /// <param name="schema">Says how lists and maps merge; without it every list is atomic and every map granular.</param>
    /// <param name="now">The time that a changed entry receives.</param>
    /// <returns><paramref name="updated"/>.</returns>
    public static JsonObject OnUpdate(
        JsonObject? old, JsonObject updated, string manager, string apiVersion, string subresource, StructuralSchema? schema, DateTimeOffset now)
    {
        var table = CurrentTable(old, updated, subresource);
        Set(updated, null);

        // An object whose managedFields somebody emptied is not tracked again until it is applied.
        if (old is not null && table.IsEmpty)
            return updated;

        Account(table, old ?? EmptyOf(updated), updated, FieldManager.Updater(manager, apiVersion, subresource), apiVersion, schema, now);
        Set(updated, table.Write());
        return updated;
    }

    /// <summary>Whether a list of entries that a client sent replaces the stored one: it resets it, or every entry of it can be read.</summary>
    /// <param name="sent">The list; null where none was sent.</param>
    /// <param name="schema">The kind's schema. Of built-in kinds an empty list resets as well.</param>
    public static bool Sets(JsonArray? sent, StructuralSchema? schema) => sent switch
    {
        null => false,
        [] => schema?.Builtin == true,
        [JsonObject { Count: 0 }] => true,
        _ => sent.All(entry => entry is JsonObject json && (json.Text("operation") is "Apply" or "Update") && json["fieldsV1"] is JsonObject),
    };

    /// <summary>
    /// An object that differs from the stored one in nothing but the times of ownership entries is the stored one:
    /// such a write changes nothing and must not get a new version.
    /// </summary>
    /// <param name="old">The stored object.</param>
    /// <param name="updated">The object as it would be stored, with the stored resourceVersion.</param>
    /// <returns><paramref name="old"/> when nothing but times differ, else <paramref name="updated"/>.</returns>
    public static JsonObject UnlessOnlyTimesDiffer(JsonObject old, JsonObject updated) =>
        OnlyTimesDiffer(old, updated) ? old : updated;

    /// <summary>Ownership of an object that was never tracked, when it is applied the first time: all of it is somebody's.</summary>
    internal static OwnershipTable BeforeFirstApply(JsonObject live, ApplyOptions options)
    {
        var table = new OwnershipTable();
        var updater = FieldManager.Updater(BeforeFirstApplyManager, options.ApiVersion, options.Subresource);
        var visible = live.DeepClone().AsObject();
        foreach (var field in options.IgnoredFields) visible.Remove(field);
        Account(table, EmptyOf(live), visible, updater, options.ApiVersion, options.Schema, options.Now);
        return table;
    }

    /// <summary>Takes from every other manager the fields that were changed, added or removed.</summary>
    internal static void GiveUp(OwnershipTable table, FieldManager writer, ObjectComparison comparison)
    {
        var lost = comparison.Modified.Union(comparison.Added).Union(comparison.Removed);
        foreach (var manager in table.Managers.Where(manager => manager != writer))
        {
            var ownership = table.Find(manager)!;
            table.Set(manager, ownership with { Fields = ownership.Fields.Except(lost) });
        }
    }

    internal static void Set(JsonObject value, JsonArray? managedFields)
    {
        if (managedFields is null)
        {
            (value["metadata"] as JsonObject)?.Remove("managedFields");
            return;
        }

        if (value["metadata"] is not JsonObject metadata)
            value["metadata"] = metadata = [];
        metadata["managedFields"] = managedFields;
    }

    private static void Account(
        OwnershipTable table, JsonObject old, JsonObject updated, FieldManager writer, string apiVersion, StructuralSchema? schema, DateTimeOffset now)
    {
        var (before, after) = AsGoWrites(old, updated, schema);
        var comparison = ObjectComparison.Of(before, after, schema);
        // The writer loses what it had too, and gets it back below: its earlier share must not keep a field that is gone.
        var lost = comparison.Removed;
        if (table.Find(writer) is { } earlier)
            table.Set(writer, earlier with { Fields = earlier.Fields.Except(lost) });
        GiveUp(table, writer, comparison);

        var taken = comparison.Modified.Union(comparison.Added).Except(NeverOwned);
        if (!taken.IsEmpty)
        {
            var fields = table.Find(writer) is { } previous ? previous.Fields.Union(taken) : taken;
            table.Set(writer, new Ownership(apiVersion, fields, now));
        }

        table.JoinAncientUpdaters();
    }

    // A request may set managedFields (a client sends back what it read, or resets them), but not through a subresource.
    private static OwnershipTable CurrentTable(JsonObject? old, JsonObject updated, string subresource)
    {
        var stored = old?["metadata"]?["managedFields"];
        if (subresource.Length > 0)
            return OwnershipTable.Read(stored);
        var sent = updated["metadata"]?["managedFields"] as JsonArray;
        if (sent is [] or [JsonObject { Count: 0 }])
            return new OwnershipTable();
        var table = OwnershipTable.Read(sent);
        return table.IsEmpty ? OwnershipTable.Read(stored) : table;
    }

    // A built-in kind is a Go struct: some fields are always written, so setting what is inside them does not add them.
    // Parts that are equal have no differences, filled in or not, and are left out.
    private static (JsonObject Old, JsonObject Updated) AsGoWrites(JsonObject old, JsonObject updated, StructuralSchema? schema)
    {
        if (schema?.Builtin != true)
            return (old, updated);
        var (before, after) = (new JsonObject(), new JsonObject());
        foreach (var (name, value) in old)
        {
            var isKept = updated.TryGetPropertyValue(name, out var next);
            if (isKept && (name == "metadata" && value is JsonObject a && next is JsonObject b ? MetadataIsEqual(a, b) : JsonNumber.DeepEquals(value, next)))
                continue;
            before[name] = value?.DeepClone();
            if (isKept)
                after[name] = next?.DeepClone();
        }

        foreach (var (name, value) in updated)
        {
            if (!old.ContainsKey(name))
                after[name] = value?.DeepClone();
        }

        GoStructs.FillIn(schema, before);
        GoStructs.FillIn(schema, after);
        return (before, after);
    }

    private static JsonObject EmptyOf(JsonObject value) =>
        new() { ["apiVersion"] = value["apiVersion"]?.DeepClone(), ["kind"] = value["kind"]?.DeepClone() };

    /// <summary>Whether two states of an object have nothing but their managedFields to tell them apart.</summary>
    public static bool AreEqualBeside(JsonObject old, JsonObject updated) =>
        EqualBut(old, updated, "metadata", (before, after) => before is JsonObject a && after is JsonObject b ? MetadataIsEqual(a, b) : JsonNumber.DeepEquals(before, after));

    private static bool MetadataIsEqual(JsonObject old, JsonObject updated) => EqualBut(old, updated, "managedFields", (_, _) => true, mayLack: true);

    private static bool OnlyTimesDiffer(JsonObject old, JsonObject updated) =>
        EqualBut(old, updated, "metadata", (before, after) => before is JsonObject a && after is JsonObject b
            ? EqualBut(a, b, "managedFields", SameOwners)
            : JsonNumber.DeepEquals(before, after));

    private static bool SameOwners(JsonNode? old, JsonNode? updated)
    {
        if (old is not JsonArray before || updated is not JsonArray after)
            return JsonNumber.DeepEquals(old, updated);
        if (before.Count != after.Count)
            return false;
        for (var index = 0; index < before.Count; index++)
        {
            var same = before[index] is JsonObject a && after[index] is JsonObject b
                ? EqualBut(a, b, "time", (_, _) => true, mayLack: true)
                : JsonNumber.DeepEquals(before[index], after[index]);
            if (!same)
                return false;
        }

        return true;
    }

    /// <summary>Whether two objects are equal where one field is compared in a way of its own; it may be missing on one side only where <paramref name="mayLack"/> says so.</summary>
    private static bool EqualBut(JsonObject left, JsonObject right, string field, Func<JsonNode?, JsonNode?, bool> comparison, bool mayLack = false)
    {
        var (inLeft, inRight) = (left.TryGetPropertyValue(field, out var before), right.TryGetPropertyValue(field, out var after));
        if (inLeft != inRight && !mayLack)
            return false;
        if (left.Count - (inLeft ? 1 : 0) != right.Count - (inRight ? 1 : 0) || !comparison(before, after))
            return false;
        foreach (var (name, value) in left)
        {
            if (name != field && !(right.TryGetPropertyValue(name, out var other) && JsonNumber.DeepEquals(value, other)))
                return false;
        }

        return true;
    }
}
