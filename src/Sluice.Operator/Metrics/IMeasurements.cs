namespace Sluice.Operator.Metrics;

/// <summary>
/// What a reconcile sees of the metric sources: it asks, goes on, and reads the last answer in a later pass.
/// Every method returns at once; none talks to a server.
/// </summary>
public interface IMeasurements
{
    /// <summary>Whether a namespace may use a source, and what a look at it has to respect.</summary>
    MetricSourceLookup FindSource(string source, string @namespace);

    /// <summary>The first thing that is wrong with a metric of a spec (its field relative to the metric), or null. Needs no server.</summary>
    SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string source, string @namespace);

    /// <summary>
    /// Asks for a measurement. A request that still waits is replaced by a newer one of the same Rollout, metric and kind.
    /// False when the queue is full: nothing is lost, as a later look covers the same segment from its start.
    /// </summary>
    bool Request(MeasurementRequest request);

    /// <summary>The last result of each metric and kind of a Rollout; empty when there is none.</summary>
    IReadOnlyList<MeasurementResult> Latest(string rolloutUid);

    /// <summary>Drops what is kept of a Rollout: its results, what waits, and whatever is still under way.</summary>
    void Forget(string rolloutUid);

    /// <summary>Calls <paramref name="arrived"/> after each new result, on a worker's thread: it must only put a key into a queue.</summary>
    IDisposable Subscribe(Action<MeasuredRollout> arrived);
}

/// <summary>The Rollout that a measurement is for.</summary>
public sealed record MeasuredRollout(string Namespace, string Name, string Uid);

/// <summary>A field of a metric in a spec, such as <c>errorRate.counter</c>, and what is wrong with it.</summary>
public sealed record SpecError(string Field, string Message)
{
    public override string ToString() => $"{Field}: {Message}";
}

/// <summary>The answer to <see cref="IMeasurements.FindSource"/>.</summary>
public abstract record MetricSourceLookup
{
    private MetricSourceLookup() { }

    /// <summary>
    /// No look makes sense before two scrape intervals (and the metric's delay) have passed in a segment. Without AllowQueries: counters only.
    /// </summary>
    public sealed record Found(TimeSpan ScrapeInterval, bool AllowQueries) : MetricSourceLookup;

    /// <summary>Known: the names that this namespace may use, for the message.</summary>
    public sealed record Unknown(IReadOnlyList<string> Known) : MetricSourceLookup;

    public sealed record NotAllowed(string Namespace) : MetricSourceLookup;
}
