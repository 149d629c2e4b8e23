using System.Text;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>
/// How the fields of a schema are called in rules. Names that are no identifiers, and CEL's reserved words, are escaped:
/// <c>a-b</c> is <c>a__dash__b</c> and <c>namespace</c> is <c>__namespace__</c>.
/// </summary>
internal static class CelFieldNames
{
    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
        "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    private static readonly StructuralSchema Text = new() { Type = "string" };
    private static readonly StructuralSchema Metadata = new()
    {
        Type = "object",
        Properties = new() { ["name"] = Text, ["generateName"] = Text },
    };

    /// <summary>The field that an identifier means; null when there is none.</summary>
    public static (string Name, StructuralSchema Schema)? Find(StructuralSchema schema, string identifier)
    {
        if (schema.Properties.TryGetValue(identifier, out var direct) && identifier is not ("true" or "false" or "null" or "in")
            && !identifier.Contains("__", StringComparison.Ordinal))
            return (identifier, direct);
        foreach (var (name, property) in schema.Properties)
        {
            if (Escape(name) == identifier)
                return (name, property);
        }

        return null;
    }

    /// <summary>The fields that every resource has for rules, declared or not; of metadata only the names.</summary>
    public static CelType? ResourceField(StructuralSchema schema, string identifier) => identifier switch
    {
        "apiVersion" or "kind" => CelType.String,
        "metadata" => new CelType.Object("metadata", MetadataOf(schema), IsResource: false),
        _ => null,
    };

    /// <summary>The schema of a resource's metadata as rules see it.</summary>
    public static StructuralSchema MetadataOf(StructuralSchema schema) => schema.Properties.TryGetValue("metadata", out var own) && own.Properties.Count == 2 ? own : Metadata;

    /// <summary>The identifier of a field; null when it has none and rules cannot reach it.</summary>
    public static string? Escape(string name)
    {
        if (name.Length == 0)
            return null;
        if (Reserved.Contains(name))
            return $"__{name}__";

        var escaped = new StringBuilder();
        for (var index = 0; index < name.Length; index++)
        {
            switch (name[index])
            {
                case '_' when index + 1 < name.Length && name[index + 1] == '_':
                    escaped.Append("__underscores__");
                    index++;
                    break;
                case '.':
                    escaped.Append("__dot__");
                    break;
                case '-':
                    escaped.Append("__dash__");
                    break;
                case '/':
                    escaped.Append("__slash__");
                    break;
                case var character when char.IsAsciiLetter(character) || character == '_' || (index > 0 && char.IsAsciiDigit(character)):
                    escaped.Append(character);
                    break;
                default:
                    return null;
            }
        }

        return escaped.ToString();
    }
}
