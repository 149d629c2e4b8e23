using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Jobs;

/// <summary>A Job with its pods at one moment, and the questions that its rules ask of them. Pure.</summary>
internal sealed record JobView(V1Job Job, IReadOnlyList<V1Pod> Pods, DateTimeOffset Now)
{
    private const int DefaultBackoffLimit = 6;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(10);

    public V1JobStatus Status => Job.Status ?? new V1JobStatus();

    public bool IsSuspended => Job.Spec?.Suspend == true;

    public int Parallelism => Job.Spec?.Parallelism ?? 1;

    public int? Completions => Job.Spec?.Completions;

    /// <summary>Replacements wait until the old pod has ended, rather than being on its way out.</summary>
    public bool ReplacesEndedOnly => Job.Spec?.PodReplacementPolicy == "Failed";

    public IReadOnlyList<V1Pod> Active => [.. Pods.Where(PodExtensions.IsActive)];

    public IReadOnlyList<V1Pod> Terminating => [.. Pods.Where(pod => pod.IsTerminating() && !pod.IsTerminal())];

    public int Ready => Active.Count(PodExtensions.IsReady);

    public int Succeeded => (Status.Succeeded ?? 0) + Uncounted.Succeeded!.Count + Pods.Count(pod => IsTracked(pod) && !IsUncounted(pod) && pod.HasSucceeded());

    public int Failed => (Status.Failed ?? 0) + Uncounted.Failed!.Count + Pods.Count(pod => IsTracked(pod) && !IsUncounted(pod) && HasFailed(pod));

    public V1UncountedTerminatedPods Uncounted => new()
    {
        Succeeded = Status.UncountedTerminatedPods?.Succeeded ?? [],
        Failed = Status.UncountedTerminatedPods?.Failed ?? [],
    };

    public DateTimeOffset? Deadline => !IsSuspended && Job.Spec?.ActiveDeadlineSeconds is { } seconds && Status.StartTime is { } start
        ? start.AddSeconds(seconds)
        : null;

    public bool IsFinished => HasCondition("Complete") || HasCondition("Failed");

    /// <summary>The end is decided, though pods may still be on their way out.</summary>
    public bool IsEnding => IsFinished || HasCondition("SuccessCriteriaMet") || HasCondition("FailureTarget");

    /// <summary>Pods carry the tracking finalizer until they are counted: one that somebody deletes is not lost to the counters.</summary>
    public static bool IsTracked(V1Pod pod) => pod.Metadata.HasFinalizer(WellKnown.JobTracking);

    /// <summary>With podReplacementPolicy Failed a deleted pod fails when it has ended; otherwise as soon as it is deleted.</summary>
    public bool HasFailed(V1Pod pod) => pod.HasFailed() || (!ReplacesEndedOnly && pod.IsTerminating() && !pod.HasSucceeded());

    public bool HasCondition(string type) => Status.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") == true;

    public bool IsUncounted(V1Pod pod) => Uncounted.Succeeded!.Contains(pod.Metadata.Uid) || Uncounted.Failed!.Contains(pod.Metadata.Uid);

    /// <summary>Why the Job fails now; null when it does not.</summary>
    public (string Reason, string Message)? Failure()
    {
        if (IsPastBackoffLimit()) return ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        return Deadline <= Now ? ("DeadlineExceeded", "Job was active longer than specified deadline") : null;
    }

    /// <summary>True when enough pods succeeded: the completions asked for or, without a number, one, and no other still at work.</summary>
    public bool IsComplete() => Completions is { } wanted
        ? Succeeded >= wanted
        : Succeeded > 0 && Active.Count == 0 && Terminating.Count == 0;

    /// <summary>How many pods should be at work.</summary>
    public int WantedActive() => Completions is { } wanted
        ? Math.Min(Parallelism, wanted - Succeeded)
        : Succeeded > 0 ? Math.Min(Active.Count, Parallelism) : Parallelism;

    /// <summary>
    /// When the next pod may be created: 10 s after the last failure, doubled with each further one, 10 minutes at most.
    /// Example: after the third failure in a row 40 s.
    /// </summary>
    public DateTimeOffset NextCreation()
    {
        var last = Pods.Where(HasFailed).Select(EndOf).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        if (last == DateTimeOffset.MinValue || Failed == 0) return DateTimeOffset.MinValue;
        var success = Pods.Where(PodExtensions.HasSucceeded).Select(EndOf).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        if (success >= last) return DateTimeOffset.MinValue;
        var inARow = success == DateTimeOffset.MinValue ? Failed : Pods.Count(pod => HasFailed(pod) && EndOf(pod) > success);
        var delay = FirstBackoff * Math.Pow(2, Math.Min(inARow, 10) - 1);
        return last + (delay < LongestBackoff ? delay : LongestBackoff);
    }

    private static DateTimeOffset EndOf(V1Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Select(container => container.State?.Terminated?.FinishedAt).Max()
        ?? pod.Metadata.DeletionTimestamp
        ?? pod.Metadata.CreationTimestamp
        ?? DateTimeOffset.MinValue;

    private bool IsPastBackoffLimit()
    {
        var limit = Job.Spec?.BackoffLimit ?? DefaultBackoffLimit;
        if (Failed > limit) return true;
        if (!RestartsInPlace()) return false;
        var restarts = Pods.Where(pod => pod.Status?.Phase is "Running" or "Pending").Sum(PodExtensions.Restarts);
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private bool RestartsInPlace() =>
        Job.Spec?.Template?.Spec is { ValueKind: JsonValueKind.Object } spec
        && spec.TryGetProperty("restartPolicy", out var policy) && policy.ValueKind == JsonValueKind.String && policy.ValueEquals("OnFailure");
}
