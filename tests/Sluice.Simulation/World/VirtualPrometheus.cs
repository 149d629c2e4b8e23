using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Metrics;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Simulation.World;

/// <summary>Stands for Prometheus: it scrapes the simulated pods in virtual time, and answers each operator from its samples, a moment later.</summary>
internal sealed class VirtualPrometheus : IDisposable
{
    /// <summary>How long an operator waits for an answer; an administrator who knows that the source is slow has set it so.</summary>
    public static readonly TimeSpan SourceTimeout = TimeSpan.FromSeconds(75);

    public static readonly TimeSpan UsualAnswerTime = TimeSpan.FromMilliseconds(50);

    private static readonly MetricQueryInstruments Instruments = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly VirtualTimeProvider time;
    private readonly Func<TrafficSimulation?> traffic;
    private readonly Dictionary<string, Dictionary<string, PodSeries>> sets = [];
    private readonly Dictionary<string, (double Requests, double Errors)> resetAt = [];
    private readonly Dictionary<string, (double Share, Dictionary<string, double> Since)> worse = [];
    private readonly List<ITimer> timers = [];

    public VirtualPrometheus(VirtualTimeProvider time, Func<TrafficSimulation?> traffic, TimeSpan scrapeInterval)
    {
        this.time = time;
        this.traffic = traffic;
        ScrapeInterval = scrapeInterval;
        LookedLast = MeasurementsOf(time);
        timers.Add(time.CreateTimer(_ => Scrape(), state: null, scrapeInterval, scrapeInterval));
    }

    public TimeSpan ScrapeInterval { get; }

    /// <summary>What every measurement gives instead of numbers; null while Prometheus is well.</summary>
    public NoDataReason? Trouble { get; set; }

    /// <summary>How it answers; null while it answers as it should.</summary>
    public PrometheusFault? Fault { get; set; }

    /// <summary>From a wish to its answer. Where that is long, half of it goes by in the operator's queue: the answer is about the moment at which the wish's turn came.</summary>
    public TimeSpan AnswerTime { get; set; } = UsualAnswerTime;

    public TimeSpan QueueTime => AnswerTime > UsualAnswerTime && AnswerTime < SourceTimeout ? AnswerTime / 2 : TimeSpan.Zero;

    /// <summary>What waits in queues.</summary>
    public List<MeasurementRequest> Waiting { get; } = [];

    /// <summary>Whether it scrapes nothing.</summary>
    public bool IsBlind { get; set; }

    /// <summary>What threshold queries answer.</summary>
    public double ThresholdValue { get; set; }

    /// <summary>Sources that are configured.</summary>
    public HashSet<string> Sources { get; } = ["default"];

    public long Queries { get; set; }

    /// <summary>The measurements of the operator that looked at its results last: those that its present write rests on.</summary>
    public VirtualMeasurements LookedLast { get; set; }

    /// <summary>The measurements of one operator, by its own clock.</summary>
    public VirtualMeasurements MeasurementsOf(TimeProvider clock) => new(this, time, clock, Instruments);

    /// <summary>The results as the operator knows them that looked last.</summary>
    public IReadOnlyList<MeasurementResult> Latest(string rolloutUid) => LookedLast.Latest(rolloutUid);

    public IReadOnlyCollection<PodSeries> SeriesOf(string rollout, string revision) =>
        sets.GetValueOrDefault(Engine.Plans.ObjectNames.ReplicaSet(rollout, revision))?.Values ?? (IReadOnlyCollection<PodSeries>)[];

    /// <summary>All counters begin again at 0, as those of restarted containers do.</summary>
    public void ResetCounters()
    {
        foreach (var pod in traffic()?.Snapshot() ?? []) resetAt[pod.Pod] = (pod.Requests, pod.Errors);
    }

    /// <summary>The next scrape finds every counter a little lower than the last one, as after a fail-over between two scrapers that saw different moments.</summary>
    public void StepBack()
    {
        foreach (var pod in traffic()?.Snapshot() ?? [])
        {
            var (requests, errors) = resetAt.GetValueOrDefault(pod.Pod);
            resetAt[pod.Pod] = (requests + Math.Floor((pod.Requests - requests) / 10), errors);
        }
    }

    /// <summary>From now on a share of a revision's requests are errors, beside those that its template says.</summary>
    public void TurnWorse(string rollout, string revision, double share) =>
        worse[Engine.Plans.ObjectNames.ReplicaSet(rollout, revision)] = (share, (traffic()?.Snapshot() ?? []).ToDictionary(pod => pod.Pod, pod => (double)pod.Requests));

    /// <summary>Ends a timer with Prometheus itself.</summary>
    public void Keep(ITimer timer) => timers.Add(timer);

    public void Dispose()
    {
        foreach (var timer in timers) timer.Dispose();
        LookedLast.Dispose();
    }

    private void Scrape()
    {
        if (IsBlind) return;

        var now = time.GetUtcNow();
        foreach (var pod in traffic()?.Snapshot() ?? [])
        {
            var (requests, errors) = resetAt.GetValueOrDefault(pod.Pod);
            var series = SeriesOf(pod.Pod);
            series.Requests.Add(now, Math.Max(0, pod.Requests - requests));
            series.Errors.Add(now, Math.Max(0, pod.Errors + LateErrors(pod) - errors));
        }
    }

    private double LateErrors(PodTraffic pod) =>
        worse.Count > 0 && worse.TryGetValue(SetOf(pod.Pod), out var late) ? late.Share * Math.Max(0, pod.Requests - late.Since.GetValueOrDefault(pod.Pod)) : 0;

    /// <summary>A pod is named after its ReplicaSet.</summary>
    private static string SetOf(string pod) => pod[..Math.Max(0, pod.LastIndexOf('-'))];

    private PodSeries SeriesOf(string pod)
    {
        var set = SetOf(pod);
        if (!sets.TryGetValue(set, out var pods)) sets[set] = pods = [];
        if (!pods.TryGetValue(pod, out var series)) pods[pod] = series = new PodSeries(new CounterSeries(), new CounterSeries());
        return series;
    }
}
