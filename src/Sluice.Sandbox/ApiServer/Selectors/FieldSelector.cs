using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Selectors;

internal sealed record FieldRequirement(string Field, bool Equal, string Value);

/// <summary>The <c>fieldSelector</c> parameter: terms joined by commas, compared with a field's text ("" where it is absent).</summary>
internal sealed class FieldSelector(IReadOnlyList<FieldRequirement> requirements)
{
    public static FieldSelector Everything { get; } = new([]);

    public IReadOnlyList<FieldRequirement> Requirements { get; } = requirements;

    /// <summary>The one name that can match, where the selector names it.</summary>
    public string? Name => Requirements.FirstOrDefault(r => r is { Equal: true, Field: "metadata.name" })?.Value;

    public bool Matches(JsonObject @object, Func<JsonObject, string, string> read)
    {
        foreach (var requirement in Requirements)
        {
            if (read(@object, requirement.Field) == requirement.Value != requirement.Equal) return false;
        }

        return true;
    }

    /// <summary>Reads a selector; a field that is not supported is refused.</summary>
    public static FieldSelector Parse(string? text, Func<string, bool> isSupported)
    {
        if (string.IsNullOrEmpty(text)) return Everything;
        var requirements = new List<FieldRequirement>();
        foreach (var term in Terms(text).Order(StringComparer.Ordinal))
        {
            if (term.Length == 0) continue;
            var requirement = ParseTerm(term, text);
            if (!isSupported(requirement.Field)) throw ApiStatus.BadRequest($"field label not supported: {requirement.Field}").ToException();
            requirements.Add(requirement);
        }

        return new FieldSelector(requirements);
    }

    private static FieldRequirement ParseTerm(string term, string text)
    {
        foreach (var sign in (ReadOnlySpan<string>)["!=", "==", "="])
        {
            var at = term.IndexOf(sign, StringComparison.Ordinal);
            if (at >= 0) return new FieldRequirement(term[..at].Trim(), sign != "!=", Unescape(term[(at + sign.Length)..]));
        }

        throw ApiStatus.BadRequest($"invalid selector: '{text}'; can't understand '{term}'").ToException();
    }

    // A backslash quotes a comma, an equals sign or itself.
    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == ',')
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
                if (at == text.Length || text[at] is not ('\\' or ',' or '='))
                {
                    throw ApiStatus.BadRequest($"invalid field selector: invalid escape sequence: \\{text[at..Math.Min(at + 1, text.Length)]}").ToException();
                }
            }

            result.Append(text[at]);
        }

        return result.ToString();
    }
}
