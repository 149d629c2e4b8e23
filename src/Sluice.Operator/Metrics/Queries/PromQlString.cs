using System.Globalization;
using System.Text;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>String literals of PromQL: Go's escapes in double and single quotes, none in backticks.</summary>
internal static class PromQlString
{
    private const string SimpleEscapes = "abfnrtv\\";
    private const string SimpleValues = "\a\b\f\n\r\t\v\\";

    public static string Quote(string value) => $"\"{Escape(value)}\"";

    /// <summary>Fit for the inside of a literal in double or in single quotes.</summary>
    public static string Escape(string value) => Escape(value, escapeSingleQuote: false);

    public static string Escape(string value, bool escapeSingleQuote)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' when !escapeSingleQuote => text.Append("\\\""),
                '\'' when escapeSingleQuote => text.Append("\\'"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' => text.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    /// <summary>The value of a literal with its quotes, or null when an escape in it is none of Go's.</summary>
    public static string? Unquote(string literal)
    {
        var quote = literal[0];
        var inner = literal[1..^1];
        if (quote == '`') return inner;

        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            var read = AppendEscape(text, inner.AsSpan(i + 1), quote);
            if (read == 0) return null;
            i += read;
        }

        return text.ToString();
    }

    /// <summary>Returns how many characters after the backslash were read; 0 when it is no escape.</summary>
    private static int AppendEscape(StringBuilder text, ReadOnlySpan<char> rest, char quote)
    {
        if (rest.IsEmpty) return 0;
        if (rest[0] == quote)
        {
            text.Append(quote);
            return 1;
        }

        var simple = SimpleEscapes.IndexOf(rest[0], StringComparison.Ordinal);
        if (simple >= 0)
        {
            text.Append(SimpleValues[simple]);
            return 1;
        }

        return rest[0] switch
        {
            'x' => AppendCodePoint(text, rest[1..], 2, 0x7f),
            'u' => AppendCodePoint(text, rest[1..], 4, 0xffff),
            'U' => AppendCodePoint(text, rest[1..], 8, 0x10ffff),
            _ => 0,
        };
    }

    /// <summary>Bytes above 0x7f would be parts of a UTF-8 sequence in Go; they are refused, the character itself can be written.</summary>
    private static int AppendCodePoint(StringBuilder text, ReadOnlySpan<char> rest, int digits, uint largest)
    {
        if (rest.Length < digits
            || !uint.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > largest
            || !Rune.TryCreate(code, out var rune))
        {
            return 0;
        }

        text.Append(rune.ToString());
        return digits + 1;
    }
}
