using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;

namespace Sluice.Operator.Metrics.Queue;

/// <summary>
/// The measurements' own queue: reconciles only put into it and read from it. Bounded, fair between Rollouts, with workers of its own for each source.
/// </summary>
internal sealed class MeasurementQueue(IEnumerable<SourceLane> lanes, MetricQueryInstruments instruments) : BackgroundService, IMeasurements
{
    private readonly ImmutableSortedDictionary<string, SourceLane> _lanes = lanes.ToImmutableSortedDictionary(lane => lane.Source.Name, lane => lane);
    private readonly ConcurrentDictionary<string, RolloutResults> _results = new();
    private ImmutableList<Action<MeasuredRollout>> _subscribers = [];
    private long _lastNumber;

    public MetricSourceLookup FindSource(string source, string @namespace)
    {
        if (_lanes.TryGetValue(source, out var lane))
        {
            return lane.Source.Allows(@namespace)
                ? new MetricSourceLookup.Found(lane.Source.ScrapeInterval, lane.Source.AllowQueries)
                : new MetricSourceLookup.NotAllowed(@namespace);
        }

        return new MetricSourceLookup.Unknown([.. _lanes.Values.Where(known => known.Source.Allows(@namespace)).Select(known => known.Source.Name)]);
    }

    public SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string source, string @namespace) =>
        FindSource(source, @namespace) switch
        {
            MetricSourceLookup.Found => _lanes[source].Check(query, args, @namespace),
            MetricSourceLookup.NotAllowed => new SpecError("source", $"metric source {source} is not open to namespace {@namespace}"),
            MetricSourceLookup.Unknown { Known.Count: 0 } => new SpecError("source", $"metric source {source} does not exist, and none is open to this namespace"),
            MetricSourceLookup.Unknown unknown => new SpecError("source", $"metric source {source} does not exist; known are: {string.Join(", ", unknown.Known)}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public bool Request(MeasurementRequest request)
    {
        if (!_lanes.TryGetValue(request.Source, out var lane)) return false;

        var results = _results.GetOrAdd(request.Rollout.Uid, _ => new RolloutResults());
        if (lane.Enqueue(new Ticket(request, results, Interlocked.Increment(ref _lastNumber)))) return true;

        instruments.Drop(request.Source);
        return false;
    }

    public IReadOnlyList<MeasurementResult> Latest(string rolloutUid) => _results.TryGetValue(rolloutUid, out var results) ? results.All() : [];

    public void Forget(string rolloutUid)
    {
        if (_results.TryRemove(rolloutUid, out var results)) results.Forget();
        foreach (var lane in _lanes.Values) lane.Remove(rolloutUid);
    }

    public IDisposable Subscribe(Action<MeasuredRollout> arrived)
    {
        ImmutableInterlocked.Update(ref _subscribers, all => all.Add(arrived));
        return new Subscription(() => ImmutableInterlocked.Update(ref _subscribers, all => all.Remove(arrived)));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lanes.Values.Select(lane => lane.RunAsync(Arrived, stoppingToken)));

    private void Arrived(MeasuredRollout rollout)
    {
        foreach (var subscriber in _subscribers) subscriber(rollout);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
