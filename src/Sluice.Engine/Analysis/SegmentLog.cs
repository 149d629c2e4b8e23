namespace Sluice.Engine.Analysis;

/// <summary>When a segment may be looked at.</summary>
/// <param name="ScrapeInterval">The source's scrape interval.</param>
/// <param name="Delay">How far behind now a measurement ends.</param>
public sealed record MeasurementTiming(TimeSpan ScrapeInterval, TimeSpan Delay)
{
    /// <summary>From a segment's start to its first look: a counter's increase needs two scrapes, and the source learns of them late.</summary>
    public TimeSpan FirstLook => 2 * ScrapeInterval + Delay;
}

/// <summary>A time to be measured: counts from <paramref name="From"/> to <paramref name="To"/>.</summary>
public sealed record MeasurementWindow(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// The segments of a release for one metric, oldest first; only the last may be open. A measurement replaces its segment's counts, since it covers the segment
/// from its start: a late, repeated or missed look neither loses nor doubles anything.
/// </summary>
public sealed record SegmentLog(IReadOnlyList<Segment> Segments)
{
    public const int MaxSegments = 24;

    /// <summary>Segments of all metrics together: what a status bears, at about 240 bytes each, beside everything else that is to stay below 64 KiB.</summary>
    private const int MaxSegmentsInAll = 100;

    public static readonly TimeSpan MaxLength = TimeSpan.FromMinutes(10);

    public static readonly SegmentLog Empty = new([]);

    /// <summary>How many segments are kept of each metric; older ones are merged.</summary>
    public static int CapacityFor(int metrics) => Math.Clamp(MaxSegmentsInAll / Math.Max(1, metrics), MaxSegmentsInAll / 10, MaxSegments);

    /// <summary>The segment that is being filled; null before the first traffic and while there is none.</summary>
    public Segment? Open => Segments is [.., { ClosedAt: null } last] ? last : null;

    /// <summary>
    /// Where the present conditions of the traffic began: with the first of the last segments that share a weight. A step's evidence of its own is what was counted since.
    /// </summary>
    public DateTimeOffset PresentSince(DateTimeOffset now)
    {
        var since = now;
        foreach (var segment in Segments.Reverse())
        {
            if (segment.Conditions.Weight != Segments[^1].Conditions.Weight) break;
            since = segment.From;
        }

        return since;
    }

    /// <summary>
    /// Brings the log up to the conditions of <paramref name="now"/>: a new segment begins when the weight or the number of ready pods of either side differs,
    /// and after ten minutes. Without traffic there is no segment. Pods that come and go before a segment could be looked at do not end it: a side whose pods flap
    /// would otherwise never be measured; the split of the traffic is taken from the counts anyway.
    /// </summary>
    public SegmentLog Advance(SegmentConditions conditions, DateTimeOffset now, MeasurementTiming timing, int capacity = MaxSegments)
    {
        now = WholeSeconds(now);
        if (Open is not { } open) return conditions.IsMeasured ? Begin(Segments, conditions, now, capacity) : this;

        var lookable = now - open.From >= timing.FirstLook;
        if (open.Conditions.Weight != conditions.Weight || !conditions.IsMeasured)
        {
            // What could not be looked at under one weight must not be counted under the next. What was counted by another leader's clock is kept.
            var earlier = lookable || open.To > open.From ? Closed(open, now) : Segments.Take(Segments.Count - 1);
            return conditions.IsMeasured ? Begin(earlier, conditions, now, capacity) : new SegmentLog([.. earlier]);
        }

        if (now - open.From >= MaxLength || (lookable && open.Conditions != conditions)) return Begin(Closed(open, now), conditions, now, capacity);
        return open.Conditions == conditions ? this : Replace(open, open with { Conditions = conditions });
    }

    /// <summary>The log with a measurement taken in. One of a segment that is no more, or older than what is known, changes nothing.</summary>
    public SegmentLog With(Measurement.Counts measurement)
    {
        var segment = Segments.LastOrDefault(candidate => candidate.From == measurement.From);
        if (segment is null || measurement.To <= segment.To || measurement.To > segment.ClosedAt) return this;
        return Replace(segment, segment with { To = measurement.To, Canary = measurement.Canary, Stable = measurement.Stable });
    }

    /// <summary>
    /// The log with its open segment begun anew, if nothing was counted in it yet: a segment that began before the source knew of the pods can never be counted.
    /// </summary>
    public SegmentLog BegunAnew(DateTimeOffset now) => Open is { } open && open.To == open.From && now > open.From ? Replace(open, open with { From = now, To = now }) : this;

    /// <summary>
    /// What to measure now: the open segment once its first look is due, and the one before it until it has been counted to its end,
    /// which is given up after ten minutes (the counts known by then stay).
    /// </summary>
    public IReadOnlyList<MeasurementWindow> Due(DateTimeOffset now, MeasurementTiming timing)
    {
        var end = WholeSeconds(now - timing.Delay);
        var windows = new List<MeasurementWindow>();
        if (Segments.LastOrDefault(segment => segment.ClosedAt is not null) is { AwaitsItsLastCount: true, ClosedAt: { } closed } last
            && end >= closed && end - closed < MaxLength)
            windows.Add(new MeasurementWindow(last.From, closed));
        if (Open is { } open && now - open.From >= timing.FirstLook) windows.Add(new MeasurementWindow(open.From, end));
        return windows;
    }

    // Times in a Kubernetes status, and ranges in a query, are whole seconds: what is stored must equal what was measured.
    private static DateTimeOffset WholeSeconds(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond));

    private static SegmentLog Begin(IEnumerable<Segment> earlier, SegmentConditions conditions, DateTimeOffset now, int capacity)
    {
        List<Segment> kept = [.. earlier];
        var ordinal = kept.Count == 0 ? 1 : kept[^1].Ordinal + 1;

        // A clock that was put back, or another leader's: what is counted already must not be counted again.
        var from = kept.Count > 0 && kept[^1].ClosedAt > now ? kept[^1].ClosedAt!.Value : now;
        kept.Add(Segment.Open(ordinal, from, conditions));
        while (kept.Count > capacity) MergeTheOldest(kept);
        return new SegmentLog(kept);
    }

    private static void MergeTheOldest(List<Segment> segments)
    {
        // The last is open and the one before it may still await its last count: both stay as they are.
        for (var i = 1; i < segments.Count - 2; i++)
        {
            var (older, newer) = (segments[i - 1], segments[i]);
            if (older.Conditions.Weight != newer.Conditions.Weight) continue;

            segments[i] = newer with { Ordinal = older.Ordinal, From = older.From, Canary = older.Canary + newer.Canary, Stable = older.Stable + newer.Stable };
            segments.RemoveAt(i - 1);
            return;
        }

        // As many different weights in a row as there is room for. Evidence may begin late, so leaving out the beginning is sound, where mixing two weights is not.
        segments.RemoveAt(0);
    }

    private IEnumerable<Segment> Closed(Segment open, DateTimeOffset now) => Segments.Take(Segments.Count - 1).Append(open with { ClosedAt = now > open.To ? now : open.To });

    private SegmentLog Replace(Segment old, Segment replacement) => new([.. Segments.Select(segment => ReferenceEquals(segment, old) ? replacement : segment)]);
}
