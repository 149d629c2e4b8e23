using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>How a list's items are told apart when two writers merge it.</summary>
internal enum ListType
{
    Atomic,
    Set,
    Map,
}

/// <summary>
/// One node of a structural schema: what a value may be, which of its fields are known, what is filled in when absent,
/// and how it merges. Nodes of built-in kinds may be recursive, so a schema is walked along a value and never on its own.
/// </summary>
internal sealed record StructuralSchema
{
    /// <summary>object, array, string, integer, number, boolean, or empty where any type (or an int-or-string) is allowed.</summary>
    public string Type { get; init; } = "";

    public string Format { get; init; } = "";

    public string Description { get; init; } = "";

    public bool Nullable { get; init; }

    public bool IntOrString { get; init; }

    public bool PreserveUnknownFields { get; init; }

    public bool EmbeddedResource { get; init; }

    /// <summary>The value is a whole resource: it has a type and object metadata, whether or not the schema lists them.</summary>
    public bool IsResource { get; init; }

    public ListType ListType { get; init; }

    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>The object is owned and replaced as a whole.</summary>
    public bool AtomicMap { get; init; }

    /// <summary>The key that tells a list's items apart in a strategic merge patch; empty when the list has none.</summary>
    public string PatchMergeKey { get; init; } = "";

    /// <summary>Some of <c>merge</c>, <c>replace</c>, <c>retainKeys</c>: how a strategic merge patch treats the field.</summary>
    public IReadOnlyList<string> PatchStrategies { get; init; } = [];

    public JsonNode? Default { get; init; }

    /// <summary>Filled while the schema is read: recursive kinds refer to nodes that are not complete yet.</summary>
    public Dictionary<string, StructuralSchema> Properties { get; init; } = [];

    public StructuralSchema? AdditionalProperties { get; init; }

    /// <summary><c>additionalProperties: true</c>: any field is known and its value is anything.</summary>
    public bool AllowsAnyProperty { get; init; }

    public StructuralSchema? Items { get; init; }

    /// <summary>What the value must satisfy beyond its shape.</summary>
    public ValueRules Rules { get; init; } = ValueRules.None;

    /// <summary>The kind is one of Kubernetes' own: its objects are Go structs, which write some fields even when nobody set them.</summary>
    public bool Builtin { get; init; }

    /// <summary>The name of a built-in type in Go, with its package, such as <c>v1.PodSpec</c>; empty for anything else.</summary>
    public string GoName { get; init; } = "";

    public IReadOnlyList<string> Required => Rules.Required;

    /// <summary>The CEL rules of this node (<c>x-kubernetes-validations</c>), compiled.</summary>
    public IReadOnlyList<ValidationRule> ValidationRules { get; init; } = [];

    /// <summary>The node, or one within it, carries a CEL rule. Only custom resources' schemas do.</summary>
    public bool HasRules { get; init; }

    /// <summary>The node, or one within it, is a whole resource in a custom one.</summary>
    public bool HasEmbeddedResources { get; init; }

    /// <summary>Reads a custom resource's <c>openAPIV3Schema</c>; what breaks the structural rules is added to <paramref name="errors"/>.</summary>
    /// <param name="openAPIV3Schema">The schema as the CustomResourceDefinition holds it; it is not kept.</param>
    /// <param name="fieldPath">The path of the schema in the CustomResourceDefinition, the beginning of each error's field.</param>
    /// <param name="errors">Receives what is wrong; the returned schema must not be used when it is not empty.</param>
    public static StructuralSchema Parse(JsonObject openAPIV3Schema, string fieldPath, List<FieldError> errors) =>
        CustomResourceSchema.Read(openAPIV3Schema, fieldPath, errors);

    /// <summary>Fills the defaults of absent fields in place, and drops nulls where a default stands and null is not allowed.</summary>
    /// <param name="value">The value, changed in place.</param>
    /// <param name="keepsNulls">Whether nulls stay that have no default to give way to, as after an apply.</param>
    public void ApplyDefaults(JsonNode value, bool keepsNulls = false) => Defaulting.Apply(this, value, keepsNulls);

    /// <summary>Removes the fields that the schema does not know, in place.</summary>
    /// <returns>The removed fields' paths, such as <c>spec.parts[0].unknown</c>, in the order in which Kubernetes tells them.</returns>
    public IReadOnlyList<string> Prune(JsonNode value) => Pruning.Prune(this, value);

    /// <summary>Checks a value, in the order and with the messages of a Kubernetes API server.</summary>
    /// <param name="value">The whole object, defaulted and pruned.</param>
    /// <param name="old">What the value replaces; null on creation. Transition rules run against it.</param>
    /// <remarks>Who has more to check (names, the scale subresource) calls the two halves and puts its own errors between them.</remarks>
    public IReadOnlyList<FieldError> Validate(JsonNode value, JsonNode? old)
    {
        var errors = ValidateValues(value, old);
        return [.. errors, .. ValidateRules(value, old, errors)];
    }

    /// <summary>What is of another type than the schema says, and not the same in <paramref name="old"/>.</summary>
    public IEnumerable<FieldError> ValidateTypes(JsonNode value, JsonNode? old) =>
        ValueValidation.Validate(this, value, old, "").Where(error => error.Reason == FieldError.TypeInvalidReason);

    /// <summary>The first half of <see cref="Validate"/>: types, bounds, required fields, uniqueness in lists.</summary>
    public IReadOnlyList<FieldError> ValidateValues(JsonNode value, JsonNode? old) => SchemaValidation.ValidateValues(this, value, old);

    /// <summary>The second half of <see cref="Validate"/>: CEL rules, or one error where <paramref name="soFar"/> keeps them from running.</summary>
    public IReadOnlyList<FieldError> ValidateRules(JsonNode value, JsonNode? old, IReadOnlyList<FieldError> soFar) =>
        SchemaValidation.ValidateRules(this, value, old, soFar);
}
