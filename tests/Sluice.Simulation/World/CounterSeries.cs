namespace Sluice.Simulation.World;

/// <summary>One counter of one pod as it was scraped. A value below the one before is a reset: what is counted after it adds to what was counted before.</summary>
internal sealed class CounterSeries
{
    /// <summary>How long after a sample a series is still known at an instant.</summary>
    private static readonly TimeSpan Lookback = TimeSpan.FromMinutes(5);

    private readonly List<(DateTimeOffset At, double Total)> samples = [];
    private double last;

    public void Add(DateTimeOffset at, double value)
    {
        var before = samples.Count == 0 ? 0 : samples[^1].Total;
        samples.Add((at, before + (value < last ? value : value - last)));
        last = value;
    }

    /// <summary>What it grew by between two moments, as far as it was scraped; of a series that is new then, all that it counted.</summary>
    public double Growth(DateTimeOffset from, DateTimeOffset until) => TotalAt(until) - TotalAt(from);

    /// <summary>The time of the newest sample at an instant; null when the series is not live there.</summary>
    public DateTimeOffset? NewestAt(DateTimeOffset at) => IndexAt(at) is var index and >= 0 && samples[index].At > at - Lookback ? samples[index].At : null;

    /// <summary>Samples after one moment and until another.</summary>
    public int Count(DateTimeOffset from, DateTimeOffset until) => IndexAt(until) - IndexAt(from);

    private double TotalAt(DateTimeOffset at) => IndexAt(at) is var index and >= 0 ? samples[index].Total : 0;

    /// <summary>The last sample up to a moment; -1 for none.</summary>
    private int IndexAt(DateTimeOffset at)
    {
        var (low, high) = (0, samples.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (samples[middle].At <= at) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
