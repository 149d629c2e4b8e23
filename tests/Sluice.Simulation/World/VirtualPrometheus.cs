using Sluice.Engine.Plans;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queries;
using Sluice.Operator.Metrics.Sources;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Simulation.World;

/// <summary>
/// Stands for the measurement queue and Prometheus behind it: it scrapes the simulated pods in virtual time and answers each wish from its samples, a moment later.
/// </summary>
internal sealed class VirtualPrometheus : IMeasurements, IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(50);

    private readonly VirtualTimeProvider time;
    private readonly Func<TrafficSimulation?> traffic;
    private readonly Dictionary<(string Pod, bool Errors), List<(DateTimeOffset At, double Value)>> samples = [];
    private readonly Dictionary<(string Uid, string Metric, MeasurementKind Kind), MeasurementResult> results = [];
    private readonly HashSet<(string Uid, string Metric, MeasurementKind Kind)> underWay = [];
    private readonly Dictionary<(MetricQuery Query, string Namespace), SpecError?> checks = [];
    private readonly List<ITimer> timers = [];
    private readonly List<Action<MeasuredRollout>> listeners = [];

    public VirtualPrometheus(VirtualTimeProvider time, Func<TrafficSimulation?> traffic, TimeSpan scrapeInterval)
    {
        this.time = time;
        this.traffic = traffic;
        ScrapeInterval = scrapeInterval;
        timers.Add(time.CreateTimer(_ => Scrape(), state: null, scrapeInterval, scrapeInterval));
    }

    public TimeSpan ScrapeInterval { get; }

    /// <summary>What every query answers instead of numbers; null while Prometheus is well.</summary>
    public NoDataReason? Trouble { get; set; }

    /// <summary>What threshold queries answer.</summary>
    public double ThresholdValue { get; set; }

    /// <summary>Sources that are configured.</summary>
    public HashSet<string> Sources { get; } = ["default"];

    public long Queries { get; private set; }

    public MetricSourceLookup FindSource(string source, string @namespace) =>
        Sources.Contains(source) ? new MetricSourceLookup.Found(ScrapeInterval, AllowQueries: true) : new MetricSourceLookup.Unknown([.. Sources]);

    public SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string source, string @namespace)
    {
        if (args.Count > 0) return CheckAnew(query, args, @namespace);
        if (!checks.TryGetValue((query, @namespace), out var known)) checks[(query, @namespace)] = known = CheckAnew(query, args, @namespace);
        return known;
    }

    private static SpecError? CheckAnew(MetricQuery query, IReadOnlyDictionary<string, string> args, string @namespace) =>
        QueryBuilder.Check(query, args, new MetricSourceOptions { Address = new Uri("http://prometheus"), AllowQueries = true }, @namespace);

    public bool Request(MeasurementRequest request)
    {
        var key = (request.Rollout.Uid, request.Metric, request.Kind);
        if (!underWay.Add(key)) return true;

        timers.Add(time.CreateTimer(_ => Answer(key, request), state: null, AnswerTime, Timeout.InfiniteTimeSpan));
        return true;
    }

    public IReadOnlyList<MeasurementResult> Latest(string rolloutUid) => [.. results.Where(entry => entry.Key.Uid == rolloutUid).Select(entry => entry.Value)];

    public void Forget(string rolloutUid)
    {
        foreach (var key in results.Keys.Where(key => key.Uid == rolloutUid).ToList()) results.Remove(key);
    }

    /// <summary>Requests and errors of a revision's pods from a moment until now, as they were.</summary>
    public (double Requests, double Errors) Traffic(string rollout, string revision, DateTimeOffset from) =>
        (Growth(rollout, revision, errors: false, from, time.GetUtcNow()), Growth(rollout, revision, errors: true, from, time.GetUtcNow()));

    public IDisposable Subscribe(Action<MeasuredRollout> arrived)
    {
        listeners.Add(arrived);
        return new Subscription(() => listeners.Remove(arrived));
    }

    public void Dispose()
    {
        foreach (var timer in timers) timer.Dispose();
    }

    private void Scrape()
    {
        foreach (var pod in traffic()?.Snapshot() ?? [])
        {
            Sample((pod.Pod, false), pod.Requests);
            Sample((pod.Pod, true), pod.Errors);
        }
    }

    private void Sample((string Pod, bool Errors) series, double value)
    {
        if (!samples.TryGetValue(series, out var list)) samples[series] = list = [];
        list.Add((time.GetUtcNow(), value));
    }

    private void Answer((string Uid, string Metric, MeasurementKind Kind) key, MeasurementRequest request)
    {
        underWay.Remove(key);
        Queries++;
        var now = time.GetUtcNow();
        var at = request.To ?? now - request.Delay;
        results[key] = new MeasurementResult(request, at, now, Trouble is { } trouble ? new MeasurementValue.NoData(trouble) : ValueOf(request, at));
        foreach (var listener in listeners.ToList()) listener(request.Rollout);
    }

    private MeasurementValue ValueOf(MeasurementRequest request, DateTimeOffset at)
    {
        if (request.Kind == MeasurementKind.History) return HistoryOf(request, at);
        if (request.Query is MetricQuery.Threshold) return new MeasurementValue.Scalar(ThresholdValue);

        var requests = Increase(request, request.CanaryRevision, errors: false, at);
        return requests <= 0
            ? new MeasurementValue.NoData(new NoDataReason.Empty())
            : new MeasurementValue.Counts(
                requests,
                Increase(request, request.CanaryRevision, errors: true, at),
                Increase(request, request.StableRevision, errors: false, at),
                Increase(request, request.StableRevision, errors: true, at));
    }

    private MeasurementValue.History HistoryOf(MeasurementRequest request, DateTimeOffset at)
    {
        var minutes = new List<double>();
        for (var from = request.From; from + TimeSpan.FromMinutes(1) <= at; from += TimeSpan.FromMinutes(1))
        {
            var until = from + TimeSpan.FromMinutes(1);
            if (Growth(request.Rollout.Name, request.StableRevision, errors: false, from, until) > 0) minutes.Add(Growth(request.Rollout.Name, request.StableRevision, errors: true, from, until));
        }

        return new MeasurementValue.History(TimeSpan.FromMinutes(1), minutes);
    }

    private double Increase(MeasurementRequest request, string? revision, bool errors, DateTimeOffset at) => Growth(request.Rollout.Name, revision, errors, request.From, at);

    private double Growth(string rollout, string? revision, bool errors, DateTimeOffset from, DateTimeOffset until) => revision is null
        ? 0
        : samples.Where(series => series.Key.Errors == errors && series.Key.Pod.StartsWith(ObjectNames.ReplicaSet(rollout, revision) + "-", StringComparison.Ordinal))
            .Sum(series => ValueAt(series.Value, until) - ValueAt(series.Value, from));

    private static double ValueAt(List<(DateTimeOffset At, double Value)> list, DateTimeOffset at)
    {
        for (var index = list.Count - 1; index >= 0; index--)
        {
            if (list[index].At <= at) return list[index].Value;
        }

        return 0;
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
