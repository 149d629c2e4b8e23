using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>Timestamps and durations. Both are kept to 100 nanoseconds.</summary>
internal static partial class CelTime
{
    /// <summary>Go's form of durations: a sign, then numbers with the units h, m, s, ms, us and ns.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0" or "+0" or "-0")
            return true;
        if (!Duration().IsMatch(text))
            return false;

        decimal ticks = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (!decimal.TryParse(part.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            ticks += number * TicksOf(part.Groups["unit"].Value);
        }

        if (ticks > long.MaxValue)
            return false;
        duration = TimeSpan.FromTicks((long)(text.StartsWith('-') ? -ticks : ticks));
        return true;
    }

    public static bool TryParseTimestamp(string text, out DateTimeOffset timestamp)
    {
        timestamp = default;
        return (Timestamp().IsMatch(text) || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out timestamp);
    }

    /// <summary>Seconds with as many digits as it takes: <c>1.5s</c>.</summary>
    public static string ToText(TimeSpan duration) =>
        (duration.Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s";

    public static string ToText(DateTimeOffset timestamp) =>
        timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>A part of a timestamp in a zone: months and days of the year count from 0, days of the week from Sunday.</summary>
    public static long Part(DateTimeOffset timestamp, string part, string zone)
    {
        var local = timestamp.ToOffset(OffsetOf(zone, timestamp));
        return part switch
        {
            "getFullYear" => local.Year,
            "getMonth" => local.Month - 1,
            "getDate" => local.Day,
            "getDayOfMonth" => local.Day - 1,
            "getDayOfWeek" => (long)local.DayOfWeek,
            "getDayOfYear" => local.DayOfYear - 1,
            "getHours" => local.Hour,
            "getMinutes" => local.Minute,
            "getSeconds" => local.Second,
            _ => local.Millisecond,
        };
    }

    /// <summary>The whole duration in a unit; milliseconds are those within the last second.</summary>
    public static long Part(TimeSpan duration, string part) => part switch
    {
        "getHours" => (long)duration.TotalHours,
        "getMinutes" => (long)duration.TotalMinutes,
        "getSeconds" => (long)duration.TotalSeconds,
        _ => duration.Milliseconds,
    };

    private static TimeSpan OffsetOf(string zone, DateTimeOffset timestamp)
    {
        if (zone is "" or "UTC" or "Z")
            return TimeSpan.Zero;
        if (Offset().Match(zone) is { Success: true } match)
        {
            var offset = new TimeSpan(int.Parse(match.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture), 0);
            return zone.StartsWith('-') ? -offset : offset;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? found.GetUtcOffset(timestamp)
            : throw new CelException($"unknown time zone {zone}");
    }

    private static decimal TicksOf(string unit) => unit switch
    {
        "h" => TimeSpan.TicksPerHour,
        "m" => TimeSpan.TicksPerMinute,
        "s" => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "ns" => 0.01m,
        _ => TimeSpan.TicksPerMicrosecond,
    };

    [GeneratedRegex(@"^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<number>\d+(\.\d*)?|\.\d+)(?<unit>ns|us|µs|μs|ms|s|m|h)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^[-+]?(?<hours>\d{2}):(?<minutes>\d{2})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Offset();
}
