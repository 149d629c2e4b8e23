using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>
/// Replaces <c>{{name}}</c> in PromQL of a user's. What a value may be depends on where it stands, so that no value can end the literal it is in:
/// in quotes it is escaped, in backticks it may hold no backtick, elsewhere it must be one plain word such as a number or a duration.
/// </summary>
internal static class QueryTemplate
{
    public const int LongestText = 4096;

    private const char OutsideOfLiterals = '\0';
    private const char InComment = '#';

    private static readonly SearchValues<char> PlainWord =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.+-");

    public static Checked<string> Render(string field, string text, IReadOnlyDictionary<string, string> values)
    {
        if (string.IsNullOrWhiteSpace(text)) return Invalid(field, "is empty");
        if (text.Length > LongestText)
            return Invalid(field, $"is longer than {LongestText.ToString(CultureInfo.InvariantCulture)} characters");

        var output = new StringBuilder(text.Length + 64);
        var context = OutsideOfLiterals;
        for (var i = 0; i < text.Length; i++)
        {
            if (text.AsSpan(i).StartsWith("{{", StringComparison.Ordinal))
            {
                var end = text.IndexOf("}}", i + 2, StringComparison.Ordinal);
                if (end < 0) return Invalid(field, $"{{{{ at character {(i + 1).ToString(CultureInfo.InvariantCulture)} is never closed");

                var name = text[(i + 2)..end].Trim();
                if (!values.TryGetValue(name, out var value))
                    return Invalid(field, $"unknown placeholder {{{{{Shorten(name)}}}}}; known are: {string.Join(", ", values.Keys)}");
                if (Insert(output, context, value) is { } error) return Invalid(field, $"the value of {{{{{name}}}}} {error}");
                i = end + 1;
                continue;
            }

            output.Append(text[i]);
            if (text[i] == '\\' && context is '"' or '\'' && i + 1 < text.Length)
            {
                output.Append(text[++i]);
                continue;
            }

            context = Next(context, text[i]);
        }

        return context is OutsideOfLiterals or InComment
            ? new Checked<string>.Valid(output.ToString())
            : Invalid(field, $"a literal that starts with {context} is never closed");
    }

    private static char Next(char context, char c) => (context, c) switch
    {
        (OutsideOfLiterals, '"' or '\'' or '`' or '#') => c,
        (InComment, '\n') => OutsideOfLiterals,
        (InComment or OutsideOfLiterals, _) => context,
        _ => c == context ? OutsideOfLiterals : context,
    };

    private static string? Insert(StringBuilder output, char context, string value)
    {
        switch (context)
        {
            case '"' or '\'':
                output.Append(PromQlString.Escape(value, escapeSingleQuote: context == '\''));
                return null;
            case '`' when value.Contains('`', StringComparison.Ordinal):
                return "holds a backtick: put the placeholder into double quotes";
            case '`':
                output.Append(value);
                return null;
            default:
                if (value.Length == 0 || value.AsSpan().ContainsAnyExcept(PlainWord)) return "is no plain word: put the placeholder into double quotes";
                output.Append(value);
                return null;
        }
    }

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40] + "…";

    private static Checked<string> Invalid(string field, string message) => new Checked<string>.Invalid(new SpecError(field, message));
}
