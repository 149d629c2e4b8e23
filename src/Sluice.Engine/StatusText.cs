namespace Sluice.Engine;

/// <summary>Keeps texts that others have a hand in (names, messages of pods and of the API server) to a length that a status bears many of.</summary>
internal static class StatusText
{
    /// <summary>Characters that a message in a status has at most; an event's note has the same limit.</summary>
    public const int MaxLength = 1024;

    public static string Shorten(string text)
    {
        if (text.Length <= MaxLength) return text;

        // Half of a surrogate pair would be no text any more.
        var end = char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1;
        return string.Concat(text.AsSpan(0, end), "\u2026");
    }
}
