using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>A strategic merge patch that cannot be applied; the message is the server's.</summary>
internal sealed class StrategicMergePatchException(string message) : Exception(message);

/// <summary>
/// Strategic merge patches: merge patches that know the merge keys of lists, and carry directives:
/// <c>$patch: delete|replace</c>, <c>$retainKeys</c>, <c>$deleteFromPrimitiveList/field</c> and <c>$setElementOrder/field</c>.
/// </summary>
internal static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromPrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    /// <summary>Applies a patch.</summary>
    /// <param name="target">The object to patch. It is not changed.</param>
    /// <param name="patch">The patch, with its directives. It is not changed.</param>
    /// <param name="schema">The kind's schema, which carries merge keys and strategies.</param>
    /// <returns>The patched object.</returns>
    /// <exception cref="StrategicMergePatchException">A directive is malformed, or an item lacks its merge key.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, StructuralSchema schema) => MergeObject(target, patch, schema);

    internal static JsonObject MergeObject(JsonObject original, JsonObject patch, StructuralSchema? schema)
    {
        if (patch.ContainsKey(Directive))
            return ApplyDirective(patch);

        var target = original.DeepClone().AsObject();
        KeepRetained(target, patch);
        foreach (var (name, value) in patch)
        {
            if (name == RetainKeys || name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                continue;
            if (name.StartsWith(DeleteFromPrefix, StringComparison.Ordinal))
                DeleteFrom(target, name[DeleteFromPrefix.Length..], value);
            else
                MergeField(target, name, value, MergeShape.Field(schema, name), OrderOf(patch, name));
        }

        // An order may stand without the list itself: it then only moves items.
        foreach (var name in patch.Select(field => field.Key).Where(name => name.StartsWith(OrderPrefix, StringComparison.Ordinal)))
        {
            var field = name[OrderPrefix.Length..];
            if (!patch.ContainsKey(field) && target[field] is JsonArray list)
                target[field] = StrategicListMerge.Merge(list, [], OrderOf(patch, field), MergeShape.Field(schema, field));
        }

        return target;
    }

    /// <summary>What a patch sets where nothing was: without nulls, and without whatever carries a directive; null when nothing is left to set.</summary>
    internal static JsonNode? WithoutDirectives(JsonNode value)
    {
        switch (value)
        {
            case JsonObject map when map.ContainsKey(Directive):
                return null;
            case JsonObject map:
                var kept = new JsonObject();
                foreach (var (name, child) in map)
                {
                    if (child is not null && WithoutDirectives(child) is { } present)
                        kept[name] = present;
                }

                return kept;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : WithoutDirectives(item)).Where(item => item is not null)]);
            default:
                return value.DeepClone();
        }
    }

    private static JsonObject ApplyDirective(JsonObject patch)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                var replacement = patch.DeepClone().AsObject();
                replacement.Remove(Directive);
                return replacement;
            case "delete":
                return [];
            default:
                throw new StrategicMergePatchException($"unknown patch type: {patch.Text(Directive)} in map: {GoText.Of(patch)}");
        }
    }

    private static void MergeField(JsonObject target, string name, JsonNode? value, StructuralSchema? schema, JsonArray? order)
    {
        var strategies = schema?.PatchStrategies ?? [];
        switch (value, target[name])
        {
            case (null, _):
                target.Remove(name);
                break;
            case (JsonObject patch, JsonObject existing):
                target[name] = strategies.Contains("replace") ? patch.DeepClone() : MergeObject(existing, patch, schema);
                break;
            case (JsonArray patch, JsonArray existing) when strategies.Contains("merge"):
                target[name] = StrategicListMerge.Merge(existing, patch, order, schema);
                break;
            case (JsonArray patch, JsonArray):
                target[name] = patch.DeepClone();
                break;
            default:
                if (WithoutDirectives(value) is { } fresh)
                    target[name] = fresh;
                else
                    target.Remove(name);
                break;
        }
    }

    private static JsonArray? OrderOf(JsonObject patch, string name)
    {
        if (!patch.TryGetPropertyValue(OrderPrefix + name, out var order))
            return null;
        return order as JsonArray ?? throw new StrategicMergePatchException("invalid patch format of setElementOrder list");
    }

    private static void DeleteFrom(JsonObject target, string name, JsonNode? values)
    {
        var gone = values as JsonArray ?? throw new StrategicMergePatchException("invalid patch format of primitive list");
        if (target[name] is JsonArray list)
            target[name] = new JsonArray([.. list.Where(item => !gone.Any(other => JsonNumber.DeepEquals(other, item))).Select(item => item?.DeepClone())]);
    }

    private static void KeepRetained(JsonObject target, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var value))
            return;
        var retained = value is JsonArray names ? names.Select(name => name?.ToString() ?? "").ToHashSet() : null;
        var isValid = retained is not null && patch.All(field =>
            field.Value is null || field.Key.StartsWith('$') || retained.Contains(field.Key));
        if (!isValid)
            throw new StrategicMergePatchException("invalid patch format of retainKeys");
        foreach (var name in target.Select(field => field.Key).Where(name => !retained!.Contains(name)).ToList())
            target.Remove(name);
    }
}
