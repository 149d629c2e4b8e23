using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Api.Values;

/// <summary>
/// Durations in the syntax of Go's <c>time.ParseDuration</c>, without a sign and with the units h, m, s and ms: <c>90s</c>, <c>1h30m</c>,
/// <c>1.5h</c>, <c>500ms</c>, <c>0</c>. Parts may come in any order and repeat, as in Go.
/// </summary>
public static class GoDuration
{
    /// <summary>
    /// Ten years. Longer ones are refused, so that adding any duration to the present time cannot leave the calendar.
    /// </summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(3650);

    private const int MaxLength = 32;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
    ];

    /// <summary>Parses a duration from 0 to <see cref="Max"/>; false for anything else, null and negative ones included.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is null or "" || text.Length > MaxLength)
            return false;
        if (text == "0")
            return true;

        var rest = text.AsSpan();
        var ticks = 0m;
        while (rest.Length > 0)
        {
            if (!TryTakeNumber(ref rest, out var number) || !TryTakeUnit(ref rest, out var unitTicks))
                return false;
            ticks += number * unitTicks;
            if (ticks > Max.Ticks)
                return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>
    /// The shortest text for a duration, down to milliseconds (what is smaller is cut off): <c>1h30m</c>, <c>1m500ms</c>,
    /// <c>0s</c>. A negative one gets a sign, which <see cref="TryParse"/> refuses.
    /// </summary>
    public static string Format(TimeSpan duration)
    {
        var text = new StringBuilder();
        var rest = duration.Duration();
        Append(text, (long)rest.TotalHours, "h");
        Append(text, rest.Minutes, "m");
        Append(text, rest.Seconds, "s");
        Append(text, rest.Milliseconds, "ms");
        if (text.Length == 0)
            return "0s";
        return duration < TimeSpan.Zero ? text.Insert(0, '-').ToString() : text.ToString();
    }

    private static void Append(StringBuilder text, long number, string unit)
    {
        if (number > 0)
            text.Append(number.ToString(CultureInfo.InvariantCulture)).Append(unit);
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out decimal number)
    {
        var length = rest.IndexOfAnyExcept(NumberCharacters);
        number = 0;
        if (length <= 0 || rest[0] == '.' || rest[length - 1] == '.')
            return false;
        if (!decimal.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) || number > Max.Ticks)
            return false;
        rest = rest[length..];
        return true;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out long ticks)
    {
        foreach (var (unit, unitTicks) in Units)
        {
            if (rest.StartsWith(unit, StringComparison.Ordinal))
            {
                rest = rest[unit.Length..];
                ticks = unitTicks;
                return true;
            }
        }

        ticks = 0;
        return false;
    }
}
