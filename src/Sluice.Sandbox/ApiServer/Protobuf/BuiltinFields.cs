using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Protobuf;

/// <summary>A field of a built-in type in its protobuf form.</summary>
/// <param name="Name">The field's name in JSON; empty for an inlined type.</param>
/// <param name="KeepsZero">Whether a zero is a value rather than what Go writes for a field that nobody set.</param>
/// <param name="Inlined">A type whose fields are, in JSON, the fields of the type that it is in; null for an ordinary field.</param>
internal sealed record BuiltinField(string Name, bool KeepsZero, string? Inlined);

/// <summary>The protobuf numbers of the fields of the kinds that Kubernetes itself defines; their types are those of the OpenAPI schema.</summary>
internal static class BuiltinFields
{
    private static readonly Lazy<Dictionary<string, Dictionary<int, BuiltinField>>> Types = new(Read);

    /// <summary>The fields of a type by number; null when its protobuf form is not known.</summary>
    public static IReadOnlyDictionary<int, BuiltinField>? Find(string type) => Types.Value.GetValueOrDefault(type);

    private static Dictionary<string, Dictionary<int, BuiltinField>> Read()
    {
        using var stream = typeof(BuiltinFields).Assembly.GetManifestResourceStream("builtin-fields.json")
            ?? throw new InvalidOperationException("The resource builtin-fields.json is missing from the assembly.");
        return JsonNode.Parse(stream)!["types"]!.AsObject().ToDictionary(
            type => type.Key,
            type => type.Value!.AsObject().ToDictionary(field => int.Parse(field.Key, CultureInfo.InvariantCulture), field => Field(field.Value!.GetValue<string>())));
    }

    private static BuiltinField Field(string text) => text[0] switch
    {
        '>' => new BuiltinField("", KeepsZero: false, text[1..]),
        '*' => new BuiltinField(text[1..], KeepsZero: true, null),
        _ => new BuiltinField(text, KeepsZero: false, null),
    };
}
