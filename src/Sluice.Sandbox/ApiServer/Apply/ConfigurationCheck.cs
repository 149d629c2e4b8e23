using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// Checks that an applied configuration fits its schema closely enough to be merged: fields are declared, values have the
/// declared type, list items can be told apart. Everything else is validated on the merged object.
/// </summary>
internal sealed class ConfigurationCheck
{
    private readonly List<string> _problems = [];

    private ConfigurationCheck()
    {
    }

    /// <summary>The server's message when the configuration cannot be merged; null when it can.</summary>
    public static string? FirstProblem(JsonObject applied, StructuralSchema? schema)
    {
        var check = new ConfigurationCheck();
        check.Visit(schema, applied, "");
        if (check._problems.Count == 0)
            return null;

        var metadata = applied["metadata"] as JsonObject ?? [];
        var problem = check._problems is [var only] ? only : $"errors:\n{string.Join("\n", check._problems.Select(text => $"  {text}"))}";
        return $"failed to create typed patch object ({metadata.Text("namespace")}/{metadata.Text("name")}; {GroupVersion(applied.Text("apiVersion"))}, Kind={applied.Text("kind")}): {problem}";
    }

    /// <summary>A version as Go prints it: with its empty group where it is of the core.</summary>
    public static string GroupVersion(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : "/" + apiVersion;

    private void Visit(StructuralSchema? schema, JsonNode? value, string path)
    {
        if (schema is null || value is null)
            return;
        switch (schema.Type)
        {
            case "object" when value is JsonObject map:
            case "" when value is JsonObject && !schema.IntOrString:
                VisitFields(schema, value.AsObject(), path);
                break;
            case "array" when value is JsonArray list:
                VisitItems(schema, list, path);
                break;
            default:
                if (TypeProblem(schema, value) is { } problem)
                    _problems.Add($"{path}: {problem}");
                break;
        }
    }

    private void VisitFields(StructuralSchema schema, JsonObject map, string path)
    {
        foreach (var (name, value) in map.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            var child = MergeShape.Field(schema, name);
            if (child is null && !MergeShape.Declares(schema, name) && !IsFree(schema))
            {
                _problems.Add($"{path}.{name}: field not declared in schema");
                return;
            }

            Visit(child, value, $"{path}.{name}");
        }
    }

    private void VisitItems(StructuralSchema schema, JsonArray list, string path)
    {
        HashSet<string> seen = [];
        for (var index = 0; index < list.Count; index++)
        {
            var element = $"i:{index}";
            if (schema.ListType != ListType.Atomic)
            {
                if (PathElement.Item(schema, list[index]) is not { } key)
                {
                    _problems.Add($"{path}: element {index}: {ItemProblem(schema, list[index])}");
                    return;
                }

                if (!seen.Add(key))
                    _problems.Add($"{path}: duplicate entries for key {PathElement.Describe(key)}");
                element = key;
            }

            Visit(schema.Items, list[index], path + PathElement.Describe(element));
        }
    }

    private static bool IsFree(StructuralSchema schema) =>
        schema.PreserveUnknownFields || schema.AllowsAnyProperty || (schema.Properties.Count == 0 && schema.AdditionalProperties is null && !schema.IsResource);

    private static string ItemProblem(StructuralSchema schema, JsonNode? item) => (schema.ListType, item) switch
    {
        (ListType.Set, null) => "associative list without keys has an element that's an explicit null",
        (ListType.Set, JsonObject) => "associative list without keys has an element that's a map type",
        (ListType.Set, _) => "not supported: associative list with lists as elements",
        (_, null) => "associative list with keys may not have a null element",
        (_, JsonObject) => $"associative list with keys has an element that omits all key fields [{string.Join(" ", schema.ListMapKeys.Select(key => $"\"{key}\""))}]"
            + " (and doesn't have default values for any key fields)",
        _ => "associative list with keys may not have non-map elements",
    };

    private static string? TypeProblem(StructuralSchema schema, JsonNode value)
    {
        var kind = value.GetValueKind();
        return schema.Type switch
        {
            "integer" or "number" when kind != JsonValueKind.Number => $"expected numeric (int or float), got {GoType(kind)}",
            "string" when schema.Format.Length == 0 && kind != JsonValueKind.String => $"expected string, got &value.valueUnstructured{{Value:{value.ToJsonString()}}}",
            "boolean" when kind is not (JsonValueKind.True or JsonValueKind.False) => $"expected boolean, got &{{{GoText.Of(value)}}}",
            "object" => $"expected map, got &{{{GoText.Of(value)}}}",
            "array" => $"expected list, got &{{{GoText.Of(value)}}}",
            "string" when kind is JsonValueKind.Object or JsonValueKind.Array => $"expected any scalar, got &{{{GoType(kind)}}}",
            _ => null,
        };
    }

    private static string GoType(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "int64",
        _ => "bool",
    };
}
