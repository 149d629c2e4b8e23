using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Regular expressions in Go's syntax (RE2), which .NET's linear-time engine covers but for what is rewritten here.
/// A pattern that needs backtracking is none of RE2's and does not compile.
/// </summary>
internal static class Patterns
{
    private static readonly ConcurrentDictionary<string, Regex?> Compiled = new();

    public static bool IsValid(string pattern) => Find(pattern) is not null;

    public static bool IsMatch(string pattern, string text) => Find(pattern)?.IsMatch(text) ?? false;

    /// <summary>The compiled pattern; null when it is not valid.</summary>
    public static Regex? Find(string pattern) => Compiled.GetOrAdd(pattern, Compile);

    /// <summary>What is wrong with a pattern that is not valid, in Go's words as far as they can be told.</summary>
    public static string Explain(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
            return $"invalid or unsupported Perl syntax: `{pattern}`";
        }
        catch (RegexParseException problem)
        {
            return problem.Error switch
            {
                RegexParseError.InsufficientClosingParentheses => $"missing closing ): `{pattern}`",
                RegexParseError.InsufficientOpeningParentheses => $"unexpected ): `{pattern}`",
                RegexParseError.UnterminatedBracket => $"missing closing ]: `{pattern[pattern.LastIndexOf('[')..]}`",
                RegexParseError.QuantifierAfterNothing => $"missing argument to repetition operator: `{pattern[..Math.Min(1, pattern.Length)]}`",
                _ => $"invalid or unsupported Perl syntax: `{pattern}`",
            };
        }
    }

    private static Regex? Compile(string pattern)
    {
        try
        {
            // In RE2 "$" is the very end of the text and \d, \w, \s are ASCII.
            var rewritten = EndOfText(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal));
            return new Regex(rewritten, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            // What does not compile is the caller's to report.
            return null;
        }
    }

    private static string EndOfText(string pattern)
    {
        var result = new System.Text.StringBuilder(pattern.Length);
        var isInClass = false;
        for (var index = 0; index < pattern.Length; index++)
        {
            var character = pattern[index];
            if (character == '\\' && index + 1 < pattern.Length)
            {
                result.Append(Escape(pattern[++index], isInClass));
                continue;
            }

            isInClass = character == '[' || (isInClass && character != ']');
            result.Append(character == '$' && !isInClass ? @"\z" : character.ToString());
        }

        return result.ToString();
    }

    private static string Escape(char escaped, bool isInClass) => (escaped, isInClass) switch
    {
        ('d', false) => "[0-9]",
        ('d', true) => "0-9",
        ('w', false) => "[0-9A-Za-z_]",
        ('w', true) => "0-9A-Za-z_",
        ('s', false) => @"[\t\n\f\r ]",
        ('s', true) => @"\t\n\f\r ",
        ('D', false) => "[^0-9]",
        ('W', false) => "[^0-9A-Za-z_]",
        ('S', false) => @"[^\t\n\f\r ]",
        _ => $"\\{escaped}",
    };
}
