namespace Sluice.Kubernetes.Events;

/// <summary>
/// Remembers what was recorded lately: which event an occurrence repeats, and how many an object may still have. Used by one thread;
/// bounded however many objects there are.
/// </summary>
internal sealed class EventSeries(EventRecorderOptions options)
{
    private const int MaxRemembered = 4096;

    private readonly Dictionary<EventKey, Series> series = [];
    private readonly Dictionary<(string Kind, string Uid, string Name), Allowance> allowances = [];

    /// <summary>Spends one of the object's events; false when it has none left.</summary>
    public bool TrySpend(EventKey key, DateTimeOffset now)
    {
        var subject = (key.Kind, key.Uid, key.Regarding.ToString());
        if (!allowances.TryGetValue(subject, out var allowance))
        {
            Trim(allowances, static allowance => allowance.At);
            allowance = new Allowance(options.BurstPerObject, now);
        }

        var refilled = Math.Min(options.BurstPerObject, allowance.Left + (Math.Max(0, (now - allowance.At).Ticks) / (double)options.RefillPeriod.Ticks));
        var allowed = refilled >= 1;
        allowances[subject] = new Allowance(allowed ? refilled - 1 : refilled, now);
        return allowed;
    }

    /// <summary>The event that the occurrence repeats, counted up; null when it is a new one.</summary>
    public Series? Repeat(Occurrence occurrence)
    {
        if (!series.TryGetValue(occurrence.Key, out var known) || occurrence.At - known.LastAt > options.SeriesEndsAfter)
            return null;

        return series[occurrence.Key] = known with { Count = known.Count + 1, LastAt = occurrence.At };
    }

    public void Begin(Occurrence occurrence, string name)
    {
        Trim(series, static entry => entry.LastAt);
        series[occurrence.Key] = new Series(name, Count: 1, occurrence.At);
    }

    public void Forget(EventKey key) => series.Remove(key);

    /// <summary>Drops the older half when full.</summary>
    private static void Trim<TKey, TValue>(Dictionary<TKey, TValue> remembered, Func<TValue, DateTimeOffset> lastUse)
        where TKey : notnull
    {
        if (remembered.Count < MaxRemembered)
            return;

        foreach (var (key, _) in remembered.OrderBy(entry => lastUse(entry.Value)).Take(MaxRemembered / 2).ToList())
            remembered.Remove(key);
    }

    internal sealed record Series(string Name, int Count, DateTimeOffset LastAt);

    private sealed record Allowance(double Left, DateTimeOffset At);
}
