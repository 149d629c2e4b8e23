using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Jobs;

/// <summary>
/// Runs a Job's pods to completion, failure or deadline. Each pass counts what ended (see <see cref="JobAccounts"/>), decides the Job's
/// state, and then creates or deletes pods. Indexed completion is not supported: such a Job gets an event and no pod.
/// </summary>
internal sealed class JobReconciler(ClusterLifePorts ports) : IReconciler
{
    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    private readonly JobAccounts _accounts = new(ports);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var job = ports.Reader.Get<V1Job>(key);
        if (job is null || job.Metadata.DeletionTimestamp is not null)
        {
            await _accounts.ReleaseAllAsync(key, job, ct);
            return ReconcileResult.Success;
        }

        if (IsIndexed(job))
        {
            ports.Events.Record(job, "Warning", "UnsupportedCompletionMode", "Reconcile", "Indexed completion is not supported here; no pod is created");
            return ReconcileResult.Success;
        }

        var view = View(job, ports.Reader.List<V1Pod>(key.Namespace, AnyLabels));
        return view.IsFinished ? await ExpireAsync(view, ct) : await RunAsync(view, ct);
    }

    private static bool IsIndexed(V1Job job) =>
        job.Spec?.ExtensionData?.TryGetValue("completionMode", out var mode) == true && mode.ValueKind == JsonValueKind.String && mode.ValueEquals("Indexed");

    private JobView View(V1Job job, IEnumerable<V1Pod> pods) =>
        new(job, [.. pods.Where(pod => pod.IsOwnedBy(job.Metadata.Uid)).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)], ports.Time.GetUtcNow());

    private async Task<ReconcileResult> RunAsync(JobView view, CancellationToken ct)
    {
        var status = JobStatus.Next(view);
        if (!JobStatus.Same(view.Status, status))
        {
            // The decision is written before it is acted on; its own event brings the next pass.
            await ports.Writer.UpdateStatusAsync(view.Job with { Status = status }, WriteOptions.Default, ct);
            RecordTurn(view, status);
            return ReconcileResult.Success;
        }

        await _accounts.ReleaseCountedAsync(view, ct);
        if (view.IsEnding || view.IsSuspended)
        {
            await DeleteAsync(view, view.Active, ct);
            return ReconcileResult.Success;
        }

        var wait = await ScaleAsync(view, ct);
        return Earliest(view.Now, wait, view.Deadline);
    }

    private async Task<DateTimeOffset?> ScaleAsync(JobView view, CancellationToken ct)
    {
        if (WantedNew(view) < 0)
        {
            var surplus = view.Active.OrderBy(PodExtensions.IsReady).ThenByDescending(pod => pod.Metadata.CreationTimestamp).Take(-WantedNew(view));
            await DeleteAsync(view, surplus.ToList(), ct);
            return null;
        }

        if (WantedNew(view) == 0) return null;
        if (view.NextCreation() is var next && next > view.Now) return next;

        // That pods are missing is confirmed live: a late cache must not start a second pod.
        var labels = new Dictionary<string, string> { [WellKnown.JobName] = view.Job.Metadata.Name ?? "" };
        var live = View(view.Job, await ports.Reader.ListLiveAsync<V1Pod>(view.Job.Metadata.Namespace ?? "", labels, ct));
        for (var i = WantedNew(live); i > 0; i--) await CreateAsync(live.Job, ct);
        return null;
    }

    private static int WantedNew(JobView view)
    {
        var missing = view.WantedActive() - view.Active.Count;

        // With podReplacementPolicy Failed a pod on its way out still holds its place.
        return missing > 0 && view.ReplacesEndedOnly ? Math.Max(0, missing - view.Terminating.Count) : missing;
    }

    private async Task CreateAsync(V1Job job, CancellationToken ct)
    {
        var pod = PodTemplates.NewPod(job.Spec?.Template, job);
        var labels = new Dictionary<string, string>(pod.Metadata.Labels ?? new Dictionary<string, string>());
        labels[WellKnown.JobName] = labels[WellKnown.LegacyJobName] = job.Metadata.Name ?? "";
        labels[WellKnown.JobControllerUid] = labels[WellKnown.LegacyControllerUid] = job.Metadata.Uid ?? "";
        var metadata = pod.Metadata with { Labels = labels, Finalizers = [.. pod.Metadata.Finalizers ?? [], WellKnown.JobTracking] };
        var created = await ports.Writer.CreateAsync(pod.WithMetadata(metadata), WriteOptions.Default, ct);
        ports.Events.Record(job, "Normal", "SuccessfulCreate", "Create", $"Created pod: {created.Metadata.Name}");
    }

    private async Task DeleteAsync(JobView view, IReadOnlyList<V1Pod> pods, CancellationToken ct)
    {
        foreach (var pod in pods)
        {
            await ports.Writer.DeleteAsync<V1Pod>(NamespacedName.Of(pod), DeleteOptions.Background with { PreconditionUid = pod.Metadata.Uid }, ct);
            ports.Events.Record(view.Job, "Normal", "SuccessfulDelete", "Delete", $"Deleted pod: {pod.Metadata.Name}");
        }
    }

    private async Task<ReconcileResult> ExpireAsync(JobView view, CancellationToken ct)
    {
        if (view.Job.Spec?.TtlSecondsAfterFinished is not { } ttl) return ReconcileResult.Success;
        var finished = view.Status.Conditions!.First(condition => condition is { Type: "Complete" or "Failed", Status: "True" }).LastTransitionTime ?? view.Now;
        var expiry = finished.AddSeconds(ttl);
        if (expiry > view.Now) return ReconcileResult.After(expiry - view.Now);
        var options = new DeleteOptions { PropagationPolicy = "Foreground", PreconditionUid = view.Job.Metadata.Uid };
        await ports.Writer.DeleteAsync<V1Job>(NamespacedName.Of(view.Job), options, ct);
        return ReconcileResult.Success;
    }

    private void RecordTurn(JobView view, V1JobStatus status)
    {
        foreach (var condition in (status.Conditions ?? []).Except(view.Status.Conditions ?? []))
        {
            if (condition.Type == "Complete") ports.Events.Record(view.Job, "Normal", "Completed", "Reconcile", "Job completed");
            if (condition.Type == "Failed") ports.Events.Record(view.Job, "Warning", condition.Reason ?? "Failed", "Reconcile", condition.Message ?? "");
        }
    }

    private static ReconcileResult Earliest(DateTimeOffset now, DateTimeOffset? first, DateTimeOffset? second)
    {
        var next = first is null || second < first ? second ?? first : first;
        return next is { } moment ? ReconcileResult.After(moment > now ? moment - now : TimeSpan.Zero) : ReconcileResult.Success;
    }
}
