using System.Buffers;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Base64 as Go reads it: with padding, line breaks allowed.</summary>
internal static class Base64
{
    private static readonly SearchValues<char> UrlAlphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Go's words for what is wrong with a text; null where it can be read.</summary>
    public static string? FirstProblem(string text)
    {
        var digits = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '\r' or '\n') continue;
            if (text[at] == '=')
            {
                var padding = text[at..].Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
                return (digits % 4, padding) is (2, "==") or (3, "=") ? null : Illegal(at);
            }

            if (!char.IsAsciiLetterOrDigit(text[at]) && text[at] is not ('+' or '/')) return Illegal(at);
            digits++;
        }

        return digits % 4 == 0 ? null : Illegal(text.Length - (digits % 4 == 1 ? 1 : 0));
    }

    /// <summary>The same of the alphabet for URLs, without padding.</summary>
    public static string? FirstProblemOfUrl(string text)
    {
        var wrong = text.AsSpan().IndexOfAnyExcept(UrlAlphabet);
        if (wrong >= 0) return Illegal(wrong);
        return text.Length % 4 == 1 ? Illegal(text.Length - 1) : null;
    }

    private static string Illegal(int at) => $"illegal base64 data at input byte {at}";
}
