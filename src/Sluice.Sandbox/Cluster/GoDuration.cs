using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.Cluster;

/// <summary>Durations as Kubernetes writes them: <c>1h30m</c>, <c>2.5s</c>, <c>150ms</c>; <c>0</c> needs no unit. Never negative, at most 10 years.</summary>
internal static partial class GoDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0") return true;
        if (text is null || text.Length > 32 || !Whole().IsMatch(text)) return false;
        var seconds = 0.0;
        foreach (var match in Part().EnumerateMatches(text))
        {
            var part = text.AsSpan(match.Index, match.Length);
            var digits = part.LastIndexOfAnyInRange('0', '9') + 1;
            seconds += double.Parse(part[..digits], CultureInfo.InvariantCulture) * SecondsPer(part[digits..]);
        }

        if (seconds > Longest.TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static double SecondsPer(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        _ => 1e-6,
    };

    [GeneratedRegex(@"\A([0-9]+(\.[0-9]+)?(h|ms|us|m|s))+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)?(h|ms|us|m|s)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();
}
