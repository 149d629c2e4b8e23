using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Cluster.Nodes;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>
/// The requests that the simulated pods serve. Traffic begins when a pod is ready and stops when it is not, or is being deleted;
/// a restarted container counts from zero; a pod that is gone keeps its series for a moment and then loses them.
/// Thread-safe: scrapes come from the web server.
/// </summary>
public sealed class TrafficSimulation(TimeProvider time, int seed, TrafficOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, Entry>> _namespaces = [];
    private IReadOnlyList<TrafficRoute> _routes = [];
    private IReadOnlyList<ServiceTraffic> _services = [];

    /// <summary>The namespaces in which there are pods that serve, or were.</summary>
    internal IReadOnlyList<string> Namespaces
    {
        get
        {
            lock (_gate) return [.. _namespaces.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Requests per second of a namespace's pods, by name, as the traffic is split now.</summary>
    internal IReadOnlyDictionary<string, double> Rates(string ns)
    {
        lock (_gate) return _namespaces.TryGetValue(ns, out var pods) ? pods.ToDictionary(pair => pair.Key, pair => pair.Value.Counters.Rate) : [];
    }

    /// <summary>The counters of all pods at this moment, ordered by namespace and name.</summary>
    public IReadOnlyList<PodTraffic> Snapshot()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var pods in _namespaces.Values) Forget(pods, now);
            foreach (var entry in _namespaces.Values.SelectMany(pods => pods.Values)) entry.Counters.CountTo(now);
            return [.. _namespaces.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Values).Select(entry => entry.Read())];
        }
    }

    /// <summary>Follows a change of a pod.</summary>
    internal void Observe(V1Pod pod)
    {
        var behaviour = PodBehaviour.Of(pod);
        var started = pod.Status?.ContainerStatuses?.Any(container => container.State?.Running is not null) == true;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var pods = PodsOf(pod.Metadata.Namespace ?? "");
            var known = pods.GetValueOrDefault(pod.Metadata.Name ?? "");
            if (behaviour.RequestsPerSecond <= 0 || (known is null && !started)) return;
            if (known is null || known.Uid != pod.Metadata.Uid || known.Restarts != pod.Restarts()) known = NewEntry(pod, behaviour, now);
            pods[pod.Metadata.Name ?? ""] = known with { IsServing = pod.IsReady() && pod.IsActive() };
            Spread(pods, now);
        }
    }

    /// <summary>Follows the disappearance of a pod.</summary>
    internal void Depart(NamespacedName pod)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var pods = PodsOf(pod.Namespace);
            if (!pods.TryGetValue(pod.Name, out var known) || known.DepartedAt is not null) return;
            pods[pod.Name] = known with { IsServing = false, DepartedAt = now };
            Spread(pods, now);
        }
    }

    /// <summary>Splits the traffic by these routes, and by what comes to these Services, from now on.</summary>
    internal void Follow(IReadOnlyList<TrafficRoute> routes, IReadOnlyList<ServiceTraffic> services)
    {
        lock (_gate)
        {
            if (_routes.Count + routes.Count + _services.Count + services.Count == 0) return;
            var now = time.GetUtcNow();
            (_routes, _services) = (routes, services);
            foreach (var pods in _namespaces.Values) Spread(pods, now);
        }
    }

    private SortedDictionary<string, Entry> PodsOf(string ns)
    {
        if (!_namespaces.TryGetValue(ns, out var pods)) _namespaces.Add(ns, pods = new SortedDictionary<string, Entry>(StringComparer.Ordinal));
        return pods;
    }

    private Entry NewEntry(V1Pod pod, PodBehaviour behaviour, DateTimeOffset now)
    {
        var served = new ServedPod(
            pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? "", pod.Metadata.Labels ?? new Dictionary<string, string>(), behaviour.RequestsPerSecond);
        var draws = StableDraw.Seed(seed, $"{pod.Metadata.Uid}/{pod.Restarts()}");
        return new Entry(pod.Metadata.Uid ?? "", pod.Restarts(), served, new RequestCounters(behaviour, draws, now));
    }

    /// <summary>Settles the past at the old rates before the new ones begin.</summary>
    private void Spread(SortedDictionary<string, Entry> pods, DateTimeOffset now)
    {
        foreach (var entry in pods.Values) entry.Counters.CountTo(now);
        var serving = pods.Values.Where(entry => entry.IsServing).ToList();
        List<ServedPod> ready = [.. serving.Select(entry => entry.Pod)];
        double[] rates = [.. options.Split.Spread(ready)];
        if (ready.Count > 0) ServiceTraffic.Spread([.. _services.Where(service => service.Namespace == ready[0].Namespace)], ready, rates);
        foreach (var route in _routes.Where(route => ready.Count > 0 && route.Namespace == ready[0].Namespace)) route.Spread(ready, rates);
        foreach (var entry in pods.Values) entry.Counters.Rate = 0;
        for (var i = 0; i < serving.Count; i++) serving[i].Counters.Rate = rates[i];
    }

    private void Forget(SortedDictionary<string, Entry> pods, DateTimeOffset now)
    {
        foreach (var gone in pods.Where(pair => pair.Value.DepartedAt + options.DepartedSeries <= now).Select(pair => pair.Key).ToList()) pods.Remove(gone);
    }

    private sealed record Entry(string Uid, int Restarts, ServedPod Pod, RequestCounters Counters)
    {
        public bool IsServing { get; init; }

        public DateTimeOffset? DepartedAt { get; init; }

        public PodTraffic Read() => new(Pod.Namespace, Pod.Name, Counters.Successes, Counters.Errors, [.. Counters.Durations], Counters.DurationSum);
    }
}

/// <summary>
/// What one pod has counted: requests answered with 200 and with 500, and the durations' buckets (<see cref="RequestCounters.Bounds"/>,
/// not cumulated) with their sum in seconds.
/// </summary>
public sealed record PodTraffic(string Namespace, string Pod, long Successes, long Errors, IReadOnlyList<long> Durations, double DurationSum)
{
    public long Requests => Successes + Errors;
}
