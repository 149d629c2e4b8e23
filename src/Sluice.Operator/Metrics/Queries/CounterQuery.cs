using System.Globalization;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>The PromQL that the operator writes itself, for a counter.</summary>
internal static class CounterQuery
{
    /// <summary>The label that tells the rows of <see cref="Rows"/> apart.</summary>
    public const string RowLabel = "sluice_row";

    /// <summary>How far back a sample tells a series that existed before a window from one that is new in it.</summary>
    private const string Memory = "1h";

    /// <summary>
    /// What a counter grew by in the last <paramref name="window"/> seconds, as one number, 0 when there is none: the growth of series that existed
    /// before the window, and the whole value of series that are new in it (a plain increase misses what a series counted before its first scrape).
    /// <para>
    /// The growth runs over a subquery, that is over the last value known at each second from the window's start to its end. An increase over the
    /// samples themselves misses what was counted between the last sample before the window and the first one in it, and scales the rest up to the
    /// window: at 15 s between scrapes and a window of 30 s one error becomes 0 or 2, and the variance of a Poisson count nearly doubles. The
    /// millisecond has the start itself within the range, in Prometheus 2 (closed ranges) as in 3 (open at the left). Windows must start at whole
    /// seconds, as subqueries do.
    /// </para>
    /// </summary>
    public static string Growth(Selector counter, long window)
    {
        var w = Seconds(window);
        return $"((sum(increase({counter}[{w}1ms:1s]) and last_over_time({counter}[{Memory}] offset {w})) or vector(0))"
            + $" + (sum(max_over_time({counter}[{w}]) unless last_over_time({counter}[{Memory}] offset {w})) or vector(0)))";
    }

    /// <summary>How many series had a sample before the window; empty when none had.</summary>
    public static string KnownBefore(Selector counter, long window) => $"count(last_over_time({counter}[{Memory}] offset {Seconds(window)}))";

    /// <summary>The time (Unix seconds) of the newest sample; empty when no series is live at that instant.</summary>
    public static string NewestSample(Selector counter) => $"max(timestamp({counter}))";

    /// <summary>
    /// Growth, but nothing at all for a window in which no series of <paramref name="known"/> was scraped twice, or before which none was known:
    /// then old series look like new ones, and all that they ever counted like growth.
    /// </summary>
    public static string GrowthWhereKnown(Selector counter, Selector known, long window) =>
        $"{Growth(counter, window)} and on() count(count_over_time({known}[{Seconds(window)}]) > 1) and on() {KnownBefore(known, window)}";

    /// <summary>Several numbers in one answer, read from one state of the data: so they cannot contradict each other.</summary>
    public static string Rows(params IEnumerable<(string Name, string Query)> rows) =>
        string.Join(" or ", rows.Select(row => $"label_replace({row.Query}, \"{RowLabel}\", \"{row.Name}\", \"\", \"\")"));

    public static string Seconds(long seconds) => seconds.ToString(CultureInfo.InvariantCulture) + "s";
}
