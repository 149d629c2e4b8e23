namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Which types go together, and which types schemas have.</summary>
internal static class CelTypes
{
    /// <summary>The type of a schema's values; null where there is none (a schema that says nothing about the type).</summary>
    public static CelType? Of(StructuralSchema schema, string name, bool isResource)
    {
        if (schema.IntOrString)
            return CelType.Dyn;
        switch (schema.Type)
        {
            case "array":
                return schema.Items is { } items && Of(items, $"{name}.@items", items.EmbeddedResource) is { } element ? new CelType.List(element) : null;
            case "object" when schema.AdditionalProperties is { } additional:
                return Of(additional, $"{name}.@values", additional.EmbeddedResource) is { } value ? new CelType.Map(CelType.String, value) : null;
            case "object":
                return new CelType.Object(name, schema, isResource);
            case "string":
                return schema.Format switch
                {
                    "byte" => CelType.Bytes,
                    "duration" => CelType.Duration,
                    "date" or "date-time" => CelType.Timestamp,
                    _ => CelType.String,
                };
            case "boolean":
                return CelType.Bool;
            case "number":
                return CelType.Double;
            case "integer":
                return CelType.Int;
            default:
                return null;
        }
    }

    /// <summary>The type of an object's field; null when rules cannot reach it.</summary>
    public static CelType? Field(CelType.Object type, string identifier)
    {
        if (type.IsResource && CelFieldNames.ResourceField(type.Schema, identifier) is { } known)
            return known;
        return CelFieldNames.Find(type.Schema, identifier) is var (name, schema) ? Of(schema, $"{type.Name}.{name}", schema.EmbeddedResource) : null;
    }

    /// <summary>True when a value of the actual type may stand where the wanted one is asked for; binds type parameters.</summary>
    public static bool Accepts(CelType wanted, CelType actual, Dictionary<string, CelType> bindings)
    {
        switch (wanted, actual)
        {
            case (CelType.Parameter parameter, _):
                return Bind(parameter, actual, bindings);
            case (_, CelType.Parameter):
                return true;
            case (CelType.List a, CelType.List b):
                return Accepts(a.Element, b.Element, bindings);
            case (CelType.Map a, CelType.Map b):
                return Accepts(a.Key, b.Key, bindings) && Accepts(a.Value, b.Value, bindings);
            case (CelType.Optional a, CelType.Optional b):
                return Accepts(a.Value, b.Value, bindings);
            default:
                return wanted == CelType.Dyn || actual == CelType.Dyn || wanted == actual || (actual == CelType.Null && TakesNull(wanted));
        }
    }

    public static bool Accepts(CelType wanted, CelType actual) => Accepts(wanted, actual, []);

    /// <summary>A signature's type with its parameters replaced; a parameter that nothing has bound is dynamic.</summary>
    public static CelType Substitute(CelType type, IReadOnlyDictionary<string, CelType> bindings) => type switch
    {
        CelType.Parameter parameter => bindings.GetValueOrDefault(parameter.Name, CelType.Dyn),
        CelType.List list => new CelType.List(Substitute(list.Element, bindings)),
        CelType.Map map => new CelType.Map(Substitute(map.Key, bindings), Substitute(map.Value, bindings)),
        CelType.Optional optional => new CelType.Optional(Substitute(optional.Value, bindings)),
        _ => type,
    };

    private static bool Bind(CelType.Parameter parameter, CelType actual, Dictionary<string, CelType> bindings)
    {
        if (!bindings.TryGetValue(parameter.Name, out var bound))
        {
            bindings[parameter.Name] = actual;
            return true;
        }

        // The more telling type stays: an empty list is a list of anything.
        if (Accepts(bound, actual, bindings))
        {
            if (IsLoose(bound))
                bindings[parameter.Name] = actual;
            return true;
        }

        if (!Accepts(actual, bound, bindings))
            return false;
        bindings[parameter.Name] = actual;
        return true;
    }

    private static bool IsLoose(CelType type) => type == CelType.Null || type switch
    {
        CelType.List list => list.Element == CelType.Dyn,
        CelType.Map map => map.Key == CelType.Dyn && map.Value == CelType.Dyn,
        CelType.Optional optional => optional.Value == CelType.Dyn,
        _ => false,
    };

    private static bool TakesNull(CelType type) =>
        type is CelType.Object or CelType.Optional || type == CelType.Timestamp || type == CelType.Duration || type == CelType.Quantity;
}
