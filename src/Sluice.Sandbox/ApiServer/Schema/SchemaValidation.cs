using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks a value against a structural schema.</summary>
internal static class SchemaValidation
{
    public static IReadOnlyList<FieldError> Validate(StructuralSchema schema, JsonNode value, JsonNode? old)
    {
        _ = old;
        List<FieldError> errors = [];
        Visit(schema, value, "", errors);
        return errors;
    }

    private static void Visit(StructuralSchema schema, JsonNode value, string path, List<FieldError> errors)
    {
        if (value is JsonArray list && schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is { } item)
                    Visit(items, item, $"{path}[{index}]", errors);
            }
        }

        if (value is not JsonObject map)
            return;
        foreach (var name in schema.Required.Where(name => !map.ContainsKey(name)))
            errors.Add(FieldError.Required(Child(path, name)));
        foreach (var (name, child) in map)
        {
            if (child is not null && schema.Properties.TryGetValue(name, out var property))
                Visit(property, child, Child(path, name), errors);
        }
    }

    private static string Child(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
