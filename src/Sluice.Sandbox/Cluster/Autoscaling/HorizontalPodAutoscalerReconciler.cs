using System.Collections.Concurrent;
using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>
/// Looks at each HorizontalPodAutoscaler every 15 s, and scales what it names by the scale subresource: by what the pods' simulated traffic costs. Policies of
/// <c>behavior</c> are not followed: it at most doubles the replicas, or adds four, at one look, which is their default.
/// </summary>
internal sealed class HorizontalPodAutoscalerReconciler(ClusterLifePorts ports, TrafficSimulation traffic) : IReconciler
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly ResourceCatalog _catalog = new(ports.Api, ports.Time);
    private readonly PodMetrics _metrics = new(traffic);
    private readonly ConcurrentDictionary<NamespacedName, Memory> _memories = [];

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V2HorizontalPodAutoscaler>(key) is not { } autoscaler)
        {
            _memories.TryRemove(key, out _);
            return ReconcileResult.Success;
        }

        var now = ports.Time.GetUtcNow();
        var memory = _memories.AddOrUpdate(key, _ => new Memory(autoscaler.Metadata.Uid), (_, known) => known.Uid == autoscaler.Metadata.Uid ? known : new Memory(autoscaler.Metadata.Uid));
        // Its own status calls it too, and is no reason to look.
        if (now < memory.NextLook) return ReconcileResult.After(memory.NextLook - now);
        memory.NextLook = now + Period;

        var (verdict, scaled) = await LookAsync(autoscaler, memory, now, ct);
        await WriteStatusAsync(autoscaler, verdict, scaled ? now : autoscaler.Status?.LastScaleTime, now, ct);
        return ReconcileResult.After(Period);
    }

    private async Task<(Verdict Verdict, bool Scaled)> LookAsync(V2HorizontalPodAutoscaler autoscaler, Memory memory, DateTimeOffset now, CancellationToken ct)
    {
        var ns = autoscaler.Metadata.Namespace ?? "";
        ScaleTarget? target;
        try
        {
            target = await ScaleTarget.FindAsync(ports.Api, _catalog, ns, autoscaler.Spec?.ScaleTargetRef ?? new(), ct);
        }
        catch (KubernetesException refused) when (refused.Code is 400 or 403 or 404 or 500)
        {
            return (Unable(autoscaler, refused.Message), false);
        }

        if (target is null) return (Unable(autoscaler, $"no matches for kind \"{autoscaler.Spec?.ScaleTargetRef?.Kind}\" in group \"{ResourceCatalog.GroupOf(autoscaler.Spec?.ScaleTargetRef?.ApiVersion)}\""), false);

        var verdict = await JudgeAsync(autoscaler, target, memory, now, ct);
        if (verdict.Desired == verdict.Current) return (verdict, false);
        await target.ScaleAsync(verdict.Desired, ct);
        ports.Events.Record(autoscaler, "Normal", "SuccessfulRescale", "Rescale", $"New size: {verdict.Desired}");
        return (verdict, true);
    }

    private async Task<Verdict> JudgeAsync(V2HorizontalPodAutoscaler autoscaler, ScaleTarget target, Memory memory, DateTimeOffset now, CancellationToken ct)
    {
        var (ns, spec, current) = (autoscaler.Metadata.Namespace ?? "", autoscaler.Spec!, target.Replicas);
        var able = Verdict.Condition("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
        if (current == 0) return Inactive("ScalingDisabled", "scaling is disabled since the replica count of the target is zero");
        if (target.Selector.Length == 0) return Inactive("InvalidSelector", "the HPA target's scale is missing a selector");

        List<V1Pod> pods = [.. (await target.PodsAsync(ns, ct)).Where(pod => pod.IsActive())];
        var (recommended, statuses) = (0, new List<V2MetricStatus>());
        try
        {
            foreach (var metric in spec.Metrics ?? [])
            {
                var samples = _metrics.Samples(metric, ns, pods);
                statuses.Add(PodMetrics.Status(metric, samples));
                recommended = Math.Max(recommended, ReplicaCalculator.Replicas(current, samples));
            }
        }
        catch (MetricException missing)
        {
            return Inactive("FailedGetMetric", missing.Message);
        }

        var active = Verdict.Condition("ScalingActive", true, "ValidMetricFound", "the HPA was able to successfully calculate a replica count");
        var (desired, limited) = Limit(spec, current, memory.Recommendations.Stabilise(current, recommended, spec.Behavior, now));
        return new Verdict(current, desired) { Metrics = statuses, Conditions = [able, active, limited] };

        Verdict Inactive(string reason, string message) => new(current, current) { Conditions = [able, Verdict.Condition("ScalingActive", false, reason, message)] };
    }

    /// <summary>Within the bounds of the spec, and no faster upwards than the default policies allow.</summary>
    private static (int Desired, V1Condition Limited) Limit(V2HorizontalPodAutoscalerSpec spec, int current, int wanted)
    {
        var least = spec.MinReplicas ?? 1;
        var most = Math.Max(least, spec.MaxReplicas);
        var soon = Math.Max(least, Math.Max(2 * current, current + 4));
        if (wanted < least) return (least, Limited("TooFewReplicas", "the desired replica count is less than the minimum replica count"));
        if (wanted > Math.Min(most, soon))
        {
            return most <= soon
                ? (most, Limited("TooManyReplicas", "the desired replica count is more than the maximum replica count"))
                : (soon, Limited("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"));
        }

        return (wanted, Verdict.Condition("ScalingLimited", false, "DesiredWithinRange", "the desired count is within the acceptable range"));

        static V1Condition Limited(string reason, string message) => Verdict.Condition("ScalingLimited", true, reason, message);
    }

    private static Verdict Unable(V2HorizontalPodAutoscaler autoscaler, string why) => new(autoscaler.Status?.CurrentReplicas ?? 0, autoscaler.Status?.CurrentReplicas ?? 0)
    {
        Conditions = [Verdict.Condition("AbleToScale", false, "FailedGetScale", $"the HPA controller was unable to get the target's current scale: {why}")],
    };

    private async Task WriteStatusAsync(V2HorizontalPodAutoscaler autoscaler, Verdict verdict, DateTimeOffset? scaledAt, DateTimeOffset now, CancellationToken ct)
    {
        var status = new V2HorizontalPodAutoscalerStatus
        {
            LastScaleTime = scaledAt,
            CurrentReplicas = verdict.Current,
            DesiredReplicas = verdict.Desired,
            CurrentMetrics = verdict.Metrics.Count == 0 ? null : verdict.Metrics,
            Conditions = [.. verdict.Conditions.Select(condition => Since(condition, autoscaler.Status?.Conditions, now))],
        };
        if (autoscaler.Status is { } before && Same(before, status)) return;
        await ports.Writer.UpdateStatusAsync(autoscaler with { Status = status }, WriteOptions.Default, ct);
    }

    private static V1Condition Since(V1Condition condition, IReadOnlyList<V1Condition>? before, DateTimeOffset now)
    {
        var known = before?.FirstOrDefault(other => other.Type == condition.Type);
        return condition with { LastTransitionTime = known?.Status == condition.Status ? known.LastTransitionTime : now };
    }

    private static bool Same(V2HorizontalPodAutoscalerStatus one, V2HorizontalPodAutoscalerStatus other) =>
        Text(one).AsSpan().SequenceEqual(Text(other));

    private static byte[] Text(V2HorizontalPodAutoscalerStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, ModelsJsonContext.Default.V2HorizontalPodAutoscalerStatus);

    private sealed class Memory(string? uid)
    {
        public string? Uid { get; } = uid;

        public DateTimeOffset NextLook { get; set; }

        public Recommendations Recommendations { get; } = new();
    }
}
