using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>Ages as kubectl shows them: two units at most, fewer the longer it is (45s, 3m12s, 25m, 5h30m, 3d4h, 200d, 2y).</summary>
internal static class HumanDuration
{
    private const string Unknown = "<unknown>";

    public static string Since(JsonObject value, DateTimeOffset now) => Since(value.Object("metadata").String("creationTimestamp"), now);

    public static string Since(string? timestamp, DateTimeOffset now) =>
        Timestamps.Parse(timestamp) is { } then ? Format(now - then) : Unknown;

    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1) return "<invalid>";
        if (seconds < 0) return "0s";
        if (seconds < 120) return $"{seconds}s";
        var minutes = seconds / 60;
        if (minutes < 10) return Pair(minutes, "m", seconds % 60, "s");
        if (minutes < 180) return $"{minutes}m";
        var hours = minutes / 60;
        if (hours < 8) return Pair(hours, "h", minutes % 60, "m");
        if (hours < 48) return $"{hours}h";
        var days = hours / 24;
        if (hours < 192) return Pair(days, "d", hours % 24, "h");
        if (hours < 24 * 365 * 2) return $"{days}d";
        return hours < 24 * 365 * 8 ? Pair(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    private static string Pair(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? $"{major}{majorUnit}" : $"{major}{majorUnit}{minor}{minorUnit}";
}
