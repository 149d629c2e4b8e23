using System.Globalization;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>The PromQL that the operator writes itself, for a counter.</summary>
internal static class CounterQuery
{
    /// <summary>The label that tells the rows of <see cref="Rows"/> apart.</summary>
    public const string RowLabel = "sluice_row";

    /// <summary>
    /// What a counter grew by in the last <paramref name="window"/> seconds, as one number, 0 when there is none: the growth of series that existed
    /// before the window, and the whole value of series that are new in it (a plain increase misses what a series counted before its first scrape).
    /// </summary>
    public static string Growth(Selector counter, long window)
    {
        var w = Seconds(window);
        return $"((sum(increase({counter}[{w}]) and last_over_time({counter}[5m] offset {w})) or vector(0))"
            + $" + (sum(max_over_time({counter}[{w}]) unless last_over_time({counter}[5m] offset {w})) or vector(0)))";
    }

    /// <summary>The time (Unix seconds) of the newest sample; empty when no series is live at that instant.</summary>
    public static string NewestSample(Selector counter) => $"max(timestamp({counter}))";

    /// <summary>
    /// Growth, but nothing at all for a window in which no series of <paramref name="known"/> was scraped twice, nor once in the five minutes before:
    /// after such a gap old series look like new ones, and all that they ever counted like growth.
    /// </summary>
    public static string GrowthWhereKnown(Selector counter, Selector known, long window) =>
        $"{Growth(counter, window)} and on() count(count_over_time({known}[{Seconds(window)}]) > 1)"
        + $" and on() count(last_over_time({known}[5m] offset {Seconds(window)}))";

    /// <summary>Several numbers in one answer, read from one state of the data: so they cannot contradict each other.</summary>
    public static string Rows(params IEnumerable<(string Name, string Query)> rows) =>
        string.Join(" or ", rows.Select(row => $"label_replace({row.Query}, \"{RowLabel}\", \"{row.Name}\", \"\", \"\")"));

    public static string Seconds(long seconds) => seconds.ToString(CultureInfo.InvariantCulture) + "s";
}
