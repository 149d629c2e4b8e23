using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks that sets hold no value, and keyed lists no key, twice.</summary>
internal static class ListValidation
{
    public static IReadOnlyList<FieldError> Validate(StructuralSchema schema, JsonNode value, string path)
    {
        if (!IsAnythingWrong(schema, value))
            return [];
        List<FieldError> errors = [];
        Visit(schema, value, path, errors);
        return errors;
    }

    // Mostly nothing is: then no path is written out on the way.
    private static bool IsAnythingWrong(StructuralSchema schema, JsonNode? value)
    {
        if (value is JsonObject map)
        {
            foreach (var (name, child) in map)
            {
                if (child is JsonObject or JsonArray && (schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } property && IsAnythingWrong(property, child))
                    return true;
            }
        }
        else if (value is JsonArray list)
        {
            if (schema.ListType != ListType.Atomic && (list.Count > 1 || list is [not JsonObject]) && IsListWrong(schema, list))
                return true;
            if (schema.Items is not { } items)
                return false;
            foreach (var item in list)
            {
                if (IsAnythingWrong(items, item))
                    return true;
            }
        }

        return false;
    }

    private static bool IsListWrong(StructuralSchema schema, JsonArray list)
    {
        List<FieldError> errors = [];
        CheckList(schema, list, "", errors);
        return errors.Count > 0;
    }

    private static void Visit(StructuralSchema schema, JsonNode? value, string path, List<FieldError> errors)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map)
                {
                    if (schema.Properties.TryGetValue(name, out var property))
                        Visit(property, child, FieldPath.Child(path, name), errors);
                    else if (schema.AdditionalProperties is { } additional)
                        Visit(additional, child, FieldPath.Key(path, name), errors);
                }

                break;
            case JsonArray list:
                VisitList(schema, list, path, errors);
                break;
        }
    }

    private static void VisitList(StructuralSchema schema, JsonArray list, string path, List<FieldError> errors)
    {
        CheckList(schema, list, path, errors);
        if (schema.Items is not { } items)
            return;
        for (var index = 0; index < list.Count; index++)
            Visit(items, list[index], FieldPath.Index(path, index), errors);
    }

    private static void CheckList(StructuralSchema schema, JsonArray list, string path, List<FieldError> errors)
    {
        if (schema.ListType == ListType.Set)
            errors.AddRange(Duplicates([.. list]).Select(index => FieldError.Duplicate(FieldPath.Index(path, index), GoText.OfBadValue(list[index]))));
        else if (schema.ListType == ListType.Map)
            CheckKeys(schema, list, path, errors);
    }

    private static void CheckKeys(StructuralSchema schema, JsonArray list, string path, List<FieldError> errors)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is not (null or JsonObject))
            {
                errors.Add(FieldError.Invalid(FieldPath.Index(path, index), GoText.OfBadValue(list[index]), "must be an object for an array of list-type map"));
                return;
            }
        }

        var keys = list.Select(item => (JsonNode?)KeyOf(schema, item as JsonObject ?? [])).ToList();
        errors.AddRange(Duplicates(keys).Select(index => FieldError.Duplicate(FieldPath.Index(path, index), GoText.OfBadValue(keys[index]))));
    }

    private static JsonObject KeyOf(StructuralSchema schema, JsonObject item)
    {
        var key = new JsonObject();
        foreach (var name in schema.ListMapKeys)
        {
            if (item.TryGetPropertyValue(name, out var value))
                key[name] = value?.DeepClone();
        }

        return key;
    }

    // Only the second of equal values is reported, however many follow.
    private static IEnumerable<int> Duplicates(List<JsonNode?> values)
    {
        Dictionary<string, int> seen = [];
        for (var index = 0; index < values.Count; index++)
        {
            var text = GoText.Json(values[index]);
            var times = seen.GetValueOrDefault(text);
            seen[text] = times + 1;
            if (times == 1)
                yield return index;
        }
    }
}
