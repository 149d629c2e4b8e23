using System.Globalization;

namespace Sluice.Engine;

/// <summary>Texts of a status. Keeps those that others have a hand in (names, messages of pods and of the API server) to a length that a status bears many of.</summary>
internal static class StatusText
{
    /// <summary>Characters that a message in a status has at most; an event's note has the same limit.</summary>
    public const int MaxLength = 1024;

    /// <summary>Characters of an entry's message in a timeline, of which a status has forty.</summary>
    public const int MaxEntryLength = 240;

    public static string Pods(int count) => count == 1 ? "1 pod" : $"{count} pods";

    public static string PodsAre(int count) => count == 1 ? "1 pod is" : $"{count} pods are";

    /// <summary>A time as people read it, without the day where that is the one of <paramref name="from"/>: what lasts until tomorrow must not seem to be over.</summary>
    /// <param name="from">Since when it is waited for; a time that stays the same, so that the text does too.</param>
    /// <param name="at">The time.</param>
    public static string Time(DateTimeOffset from, DateTimeOffset at) =>
        at.UtcDateTime.ToString(at.UtcDateTime.Date == from.UtcDateTime.Date ? "HH:mm:ss 'UTC'" : "yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Shorten(string text) => Shorten(text, MaxLength);

    public static string Shorten(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;

        // Half of a surrogate pair would be no text any more.
        var end = char.IsHighSurrogate(text[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return string.Concat(text.AsSpan(0, end), "\u2026");
    }
}
