using System.Runtime.CompilerServices;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Queries;
using Sluice.Operator.Metrics.Queue;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Simulation.World;

/// <summary>
/// Stands for the measurement queue of one operator: what it asks is measured by the production code on the operator's own clock, and the result is there when
/// Prometheus takes as long as it does.
/// </summary>
internal sealed class VirtualMeasurements : IMeasurements, IDisposable
{
    private static readonly ConditionalWeakTable<MeasurementResult, string> Texts = [];

    private readonly VirtualPrometheus prometheus;
    private readonly VirtualTimeProvider time;
    private readonly TimeProvider clock;
    private readonly MetricSourceOptions source;
    private readonly PrometheusEndpoint endpoint;
    private readonly Measurer measurer;
    private readonly Dictionary<string, RolloutResults> results = [];
    private readonly HashSet<(string Uid, string Metric, MeasurementKind Kind, DateTimeOffset From, DateTimeOffset? To)> underWay = [];
    private readonly Dictionary<(MetricQuery Query, string Namespace), SpecError?> checks = [];
    private readonly List<Action<MeasuredRollout>> listeners = [];
    private long asked;
    private bool isEnded;

    public VirtualMeasurements(VirtualPrometheus prometheus, VirtualTimeProvider time, TimeProvider clock, MetricQueryInstruments instruments)
    {
        (this.prometheus, this.time, this.clock) = (prometheus, time, clock);
        source = new MetricSourceOptions { Address = new Uri("http://prometheus"), AllowQueries = true, ScrapeInterval = prometheus.ScrapeInterval, Timeout = VirtualPrometheus.SourceTimeout };
        endpoint = new PrometheusEndpoint(prometheus);
        measurer = new Measurer(source, new PrometheusClient(source, instruments, clock, endpoint), clock);
    }

    public MetricSourceLookup FindSource(string source, string @namespace) =>
        prometheus.Sources.Contains(source) ? new MetricSourceLookup.Found(prometheus.ScrapeInterval, AllowQueries: true) : new MetricSourceLookup.Unknown([.. prometheus.Sources]);

    public SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, string source, string @namespace)
    {
        if (args.Count > 0) return QueryBuilder.Check(query, args, this.source, @namespace);
        if (!checks.TryGetValue((query, @namespace), out var known)) checks[(query, @namespace)] = known = QueryBuilder.Check(query, args, this.source, @namespace);
        return known;
    }

    public bool Request(MeasurementRequest request)
    {
        var key = (request.Rollout.Uid, request.Metric, request.Kind, request.From, request.To);
        if (!underWay.Add(key)) return true;

        if (!results.TryGetValue(request.Rollout.Uid, out var kept)) results[request.Rollout.Uid] = kept = new RolloutResults();
        var ticket = new Ticket(request, kept, ++asked);
        var wait = prometheus.QueueTime;
        if (wait == TimeSpan.Zero)
        {
            Ask(ticket, key, prometheus.AnswerTime);
            return true;
        }

        var answerTime = prometheus.AnswerTime - wait;
        prometheus.Waiting.Add(request);
        After(wait, () =>
        {
            prometheus.Waiting.Remove(request);
            Ask(ticket, key, answerTime);
        });
        return true;
    }

    public IReadOnlyList<MeasurementResult> Latest(string rolloutUid)
    {
        prometheus.LookedLast = this;
        return results.TryGetValue(rolloutUid, out var kept) ? kept.All() : [];
    }

    public void Forget(string rolloutUid)
    {
        if (results.Remove(rolloutUid, out var kept)) kept.Forget();
    }

    /// <summary>What the operator knows of answers, as text; null while it waits for one. Their numbers matter to those that are waited for alone.</summary>
    public string? Memory() => underWay.Count > 0 ? null : string.Join('\n', results.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.All().Select(result => Texts.GetValue(result, MemoryText.Of)))}"));

    public IDisposable Subscribe(Action<MeasuredRollout> arrived)
    {
        listeners.Add(arrived);
        return new Subscription(() => listeners.Remove(arrived));
    }

    public void Dispose()
    {
        isEnded = true;
        measurer.Dispose();
        endpoint.Dispose();
    }

    /// <summary>Its turn has come: it is measured now, and told when the answer is there.</summary>
    private void Ask(Ticket ticket, (string Uid, string Metric, MeasurementKind Kind, DateTimeOffset From, DateTimeOffset? To) key, TimeSpan answerTime)
    {
        var isTooLate = prometheus.AnswerTime >= VirtualPrometheus.SourceTimeout;
        var result = Measure(ticket.Request, isTooLate);
        After(isTooLate ? VirtualPrometheus.SourceTimeout : answerTime, () =>
        {
            underWay.Remove(key);
            if (!isEnded && ticket.Results.Store(ticket, result with { FinishedAt = clock.GetUtcNow() })) Tell(ticket.Request.Rollout);
        });
    }

    private void After(TimeSpan span, Action act) => prometheus.Keep(time.CreateTimer(_ => act(), state: null, span, Timeout.InfiniteTimeSpan));

    private MeasurementResult Measure(MeasurementRequest request, bool isTooLate)
    {
        prometheus.Queries++;
        if (isTooLate || prometheus.Trouble is not null)
        {
            return new MeasurementResult(request, request.To ?? clock.GetUtcNow() - request.Delay, clock.GetUtcNow(), new MeasurementValue.NoData(prometheus.Trouble ?? new NoDataReason.Timeout()));
        }

        endpoint.Asked = request;
        var task = measurer.MeasureAsync(request, CancellationToken.None);
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("a measurement must end on the spot");
    }

    private void Tell(MeasuredRollout rollout)
    {
        foreach (var listener in listeners.ToList()) listener(rollout);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
