namespace Sluice.Engine.Jobs;

/// <summary>A Job, as far as its end matters.</summary>
public sealed record ObservedJob
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>Whether it is controlled by what it runs for.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>Somebody deleted it; our finalizer still holds it.</summary>
    public required bool IsDeleting { get; init; }

    public required JobEnd End { get; init; }

    /// <summary>When it was decided that it fails, though a pod of it has not stopped yet: it is Failed once that has. Null otherwise.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it has failed or is to fail, such as DeadlineExceeded or BackoffLimitExceeded.</summary>
    public required string? FailureReason { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether it has a pod. Only looked for live once Kubernetes has had the time to make one.</summary>
    public bool HasPod { get; init; } = true;

    /// <summary>Exit code of the container, where it ended.</summary>
    public required int? ExitCode { get; init; }

    /// <summary>Whether the container certainly never ran: nothing can have been written.</summary>
    public required bool NeverRan { get; init; }

    /// <summary>The pod was evicted, preempted or deleted before the command ended.</summary>
    public required bool WasDisrupted { get; init; }

    /// <summary>Why the pod waits or failed, such as ImagePullBackOff, Unschedulable or OOMKilled; null when unknown.</summary>
    public required string? PodReason { get; init; }

    public required string? PodMessage { get; init; }

    /// <summary>The end of the container's log, once it ended; null when there is none or it is not to be kept.</summary>
    public required string? LogTail { get; init; }
}
