using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>What a schema demands of a value beyond its shape: bounds, patterns, and combinations of further schemas.</summary>
internal sealed record ValueRules
{
    public static readonly ValueRules None = new();

    public IReadOnlyList<string> Required { get; init; } = [];

    public IReadOnlyList<JsonNode?> Enum { get; init; } = [];

    public double? Minimum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public string Pattern { get; init; } = "";

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    public IReadOnlyList<StructuralSchema> AllOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> AnyOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }

    public static ValueRules Read(JsonObject json) => new()
    {
        Required = json.Strings("required"),
        Enum = json["enum"] is JsonArray values ? [.. values.Select(value => value?.DeepClone())] : [],
        Minimum = json.Number("minimum"),
        ExclusiveMinimum = json.Flag("exclusiveMinimum"),
        Maximum = json.Number("maximum"),
        ExclusiveMaximum = json.Flag("exclusiveMaximum"),
        MultipleOf = json.Number("multipleOf"),
        MinLength = json.Integer("minLength"),
        MaxLength = json.Integer("maxLength"),
        Pattern = json.Text("pattern"),
        MinItems = json.Integer("minItems"),
        MaxItems = json.Integer("maxItems"),
        MinProperties = json.Integer("minProperties"),
        MaxProperties = json.Integer("maxProperties"),
        AllOf = Schemas(json, "allOf"),
        AnyOf = Schemas(json, "anyOf"),
        OneOf = Schemas(json, "oneOf"),
        Not = json["not"] is JsonObject not ? SchemaReader.Read(not) : null,
    };

    private static IReadOnlyList<StructuralSchema> Schemas(JsonObject json, string name) =>
        json[name] is JsonArray list ? [.. list.OfType<JsonObject>().Select(SchemaReader.Read)] : [];
}
