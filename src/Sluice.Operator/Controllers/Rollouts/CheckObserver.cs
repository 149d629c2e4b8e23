using Sluice.Api;
using Sluice.Engine.Checks;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Jobs;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Looks at the Jobs of a Rollout's checks; with their pods and logs only at those whose end the status waits for.</summary>
internal sealed class CheckObserver(IClusterReader reader, TimeProvider time)
{
    private readonly JobObserver observer = new(reader, time);

    public async Task<IReadOnlyList<ObservedCheck>> ObserveAsync(Rollout rollout, Freshness known, CancellationToken ct)
    {
        var key = NamespacedName.Of(rollout);
        var labels = new Dictionary<string, string> { [Labels.Checks] = key.Name };
        var jobs = (known.Jobs ? await reader.ListLiveAsync<V1Job>(key.Namespace, labels, ct) : reader.List<V1Job>(key.Namespace, labels)).ToList();
        var open = (rollout.Status?.Release?.Checks ?? []).Where(CheckStates.IsOpen).Select(check => check.Job).ToHashSet();
        foreach (var name in open.Where(name => !jobs.Exists(job => job.Metadata.Name == name)))
        {
            if (await reader.GetLiveAsync<V1Job>(new NamespacedName(key.Namespace, name), ct) is { } found) jobs.Add(found);
        }

        var seen = new List<ObservedCheck>();
        foreach (var job in jobs.OrderBy(job => job.Metadata.Name, StringComparer.Ordinal))
        {
            var observed = open.Contains(job.Metadata.Name ?? "")
                ? await observer.ObserveAsync(job, PodLabels(job), rollout.Metadata.Uid, KeepsText(job), ct)
                : JobReader.Read(job, pod: null, rollout.Metadata.Uid, keepsText: false);
            seen.Add(new ObservedCheck(observed, job.Metadata.Label(Labels.Release) ?? "", job.Metadata.HasFinalizer(Finalizers.CheckResult)));
        }

        return seen;
    }

    private static bool KeepsText(V1Job job) => job.Metadata.Annotation(Annotations.LogTail) == "true";

    private static Dictionary<string, string> PodLabels(V1Job job) =>
        new[] { Labels.Checks, Labels.Check, Labels.Release }.ToDictionary(label => label, label => job.Metadata.Label(label) ?? "");
}
