using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Server-side apply: merges a manager's intent into an object and keeps account of who owns which field.</summary>
internal static class ServerSideApply
{
    private const string Kubectl = "kubectl";

    /// <summary>Applies a configuration.</summary>
    /// <param name="live">The stored object; null when it does not exist yet. It is not changed.</param>
    /// <param name="applied">The manager's full intent. It is not changed.</param>
    /// <param name="options">Who applies, and how.</param>
    public static ApplyResult Apply(JsonObject? live, JsonObject applied, ApplyOptions options)
    {
        if (applied.Text("apiVersion") != options.ApiVersion)
            return new ApplyResult.BadRequest($"invalid object type: {applied.Text("apiVersion")}, Kind={applied.Text("kind")}");
        if (applied["metadata"] is JsonObject metadata && metadata.ContainsKey("managedFields"))
            return new ApplyResult.BadRequest("metadata.managedFields must be nil");
        if (ConfigurationCheck.FirstProblem(applied, options.Schema) is { } problem)
            return new ApplyResult.Failed(problem);

        var intent = applied.DeepClone().AsObject();
        foreach (var field in options.IgnoredFields)
            intent.Remove(field);
        return Merge(live, intent, options);
    }

    private static ApplyResult Merge(JsonObject? live, JsonObject intent, ApplyOptions options)
    {
        var before = live is null ? EmptyOf(intent) : live.DeepClone().AsObject();
        var table = OwnershipTable.Read(before["metadata"]?["managedFields"]);
        ManagedFields.Set(before, null);
        if (live is not null && table.IsEmpty)
            table = ManagedFields.BeforeFirstApply(before, options);

        var applier = FieldManager.Applier(options.Manager, options.Subresource);
        var previous = table.Find(applier);
        var fields = OwnedFields.Of(intent, options.Schema);
        var merged = ObjectMerge.Merge(before, intent, options.Schema);
        // What it applies now counts as owned already, so that dropping one field does not take another one along.
        table.Set(applier, new Ownership(options.ApiVersion, fields, previous?.Time));
        merged = WithoutDropped(merged, previous?.Fields ?? new FieldSet(), table, options.Schema);

        var comparison = ObjectComparison.Of(before, merged, options.Schema);
        if (Conflicts(table, applier, comparison, options, before) is { Count: > 0 } conflicts)
            return Report(conflicts);

        ManagedFields.GiveUp(table, applier, comparison);
        var changed = !JsonNumber.DeepEquals(before, merged);
        table.Set(applier, new Ownership(options.ApiVersion, fields.Except(ManagedFields.NeverOwned), changed ? options.Now : previous?.Time));
        LastApplied.Refresh(merged, intent, options.Manager);
        ManagedFields.Set(merged, table.Write());
        return new ApplyResult.Merged(merged);
    }

    /// <summary>
    /// Removes what the manager applied last time and leaves out now, unless someone else owns it.
    /// A field goes with everything below it only if nothing below it is owned.
    /// </summary>
    private static JsonObject WithoutDropped(JsonObject merged, FieldSet last, OwnershipTable table, StructuralSchema? schema)
    {
        if (last.IsEmpty)
            return merged;

        var lastFields = last.WithPassedFields(schema);
        var owned = new FieldSet();
        foreach (var manager in table.Managers)
            owned = owned.Union(table.Find(manager)!.Fields);

        var all = OwnedFields.Of(merged, schema).WithPassedFields(schema);
        var kept = OwnedFields.Of(FieldRemoval.Without(merged, lastFields, schema) ?? new JsonObject(), schema).WithPassedFields(schema);
        var withOwned = FieldRemoval.Without(merged, all.Except(kept.Union(owned.WithPassedFields(schema))), schema) ?? new JsonObject();
        var remaining = OwnedFields.Of(withOwned, schema).WithPassedFields(schema);
        return FieldRemoval.Without(merged, all.Except(remaining).Intersect(lastFields), schema) as JsonObject ?? [];
    }

    private static List<(FieldManager Manager, IReadOnlyList<string> Path)> Conflicts(
        OwnershipTable table, FieldManager applier, ObjectComparison comparison, ApplyOptions options, JsonObject before)
    {
        if (options.Force)
            return [];

        var changed = comparison.Modified.Union(comparison.Added);
        List<(FieldManager, IReadOnlyList<string>)> conflicts = [];
        foreach (var manager in table.Managers.Where(manager => manager != applier).OrderBy(manager => manager.Describe(), StringComparer.Ordinal))
            conflicts.AddRange(table.Find(manager)!.Fields.Intersect(changed).Paths().Select(path => (manager, path)));
        if (conflicts.Count == 0 || options.Manager != Kubectl)
            return conflicts;

        // An object that kubectl applied from the client's side moves over without conflicts.
        var allowed = LastApplied.OwnedFields(before, options.ApiVersion, options.Schema);
        return [.. conflicts.Where(conflict => !allowed.Contains(conflict.Item2))];
    }

    private static ApplyResult.Conflicting Report(List<(FieldManager Manager, IReadOnlyList<string> Path)> conflicts)
    {
        var causes = conflicts
            .Select(conflict => new FieldError("FieldManagerConflict", PathElement.Describe(conflict.Path), $"conflict with {conflict.Manager.Describe()}"))
            .ToList();
        if (conflicts is [var only])
            return new ApplyResult.Conflicting($"Apply failed with 1 conflict: conflict with {only.Manager.Describe()}: {PathElement.Describe(only.Path)}", causes);

        var lines = conflicts.GroupBy(conflict => conflict.Manager).SelectMany(group =>
            group.Select(conflict => $"- {PathElement.Describe(conflict.Path)}").Prepend($"conflicts with {group.Key.Describe()}:"));
        return new ApplyResult.Conflicting($"Apply failed with {conflicts.Count} conflicts: {string.Join("\n", lines)}", causes);
    }

    private static JsonObject EmptyOf(JsonObject applied) =>
        new() { ["apiVersion"] = applied["apiVersion"]?.DeepClone(), ["kind"] = applied["kind"]?.DeepClone() };
}
