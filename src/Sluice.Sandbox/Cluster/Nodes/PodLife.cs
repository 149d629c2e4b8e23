using System.Diagnostics;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>
/// The life of one pod on the node: stages with delays, moved by nothing but time. Pure: the node keeps one for each pod and asks
/// for its state at a moment.
/// </summary>
internal sealed record PodLife
{
    private const int CrashExitCode = 1;

    public required PodBehaviour Behaviour { get; init; }

    public required NodeTimings Timings { get; init; }

    /// <summary>By how much this pod's stages are longer than the timings, between 1 and 1 + jitter.</summary>
    public required double Pace { get; init; }

    /// <summary>Always, OnFailure or Never.</summary>
    public required string RestartPolicy { get; init; }

    public required DateTimeOffset ArrivedAt { get; init; }

    public required PodStage Stage { get; init; }

    public int Restarts { get; init; }

    /// <summary>Failures in a row that the next wait is computed from.</summary>
    public int Failures { get; init; }

    public Run? LastRun { get; init; }

    public TimeSpan TerminationDelay => Timings.Termination * Pace;

    /// <summary>When the stage changes by itself, or readiness does; null when only a deletion ends it.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset now) => Stage switch
    {
        PodStage.Creating creating => creating.Until,
        PodStage.PullFailed failed => failed.Until,
        PodStage.PullBackOff waiting => waiting.Until,
        PodStage.BackOff waiting => waiting.Until,
        PodStage.Running running when running.ReadyAt > now && !(running.EndsAt <= running.ReadyAt) => running.ReadyAt,
        PodStage.Running running => running.EndsAt,
        PodStage.Stuck or PodStage.Ended or PodStage.Rejected => null,
        _ => throw new UnreachableException(),
    };

    public bool IsReady(DateTimeOffset now) => Stage is PodStage.Running running && running.ReadyAt <= now;

    public static PodLife Begin(V1Pod pod, NodeTimings timings, double pace, DateTimeOffset now)
    {
        var behaviour = PodBehaviour.Of(pod);
        var life = new PodLife
        {
            Behaviour = behaviour,
            Timings = timings,
            Pace = pace,
            RestartPolicy = pod.Spec?.RestartPolicy ?? "Always",
            ArrivedAt = now,
            Stage = new PodStage.Creating(now + timings.ContainerStart * pace),
        };
        if (behaviour.Error is { } error) return life with { Stage = life.Reject(error) };
        return life.ImagePullFailure(pod) is { } stuck ? life with { Stage = stuck } : life;
    }

    /// <summary>Continues the life of a pod that another process of the node began, as far as its status tells.</summary>
    public static PodLife Resume(V1Pod pod, NodeTimings timings, double pace, DateTimeOffset now)
    {
        var life = Begin(pod, timings, pace, now);
        var container = pod.Status?.ContainerStatuses is { Count: > 0 } statuses ? statuses[0] : null;
        life = life with { Restarts = container?.RestartCount ?? 0, Failures = container?.RestartCount ?? 0, ArrivedAt = pod.Status?.StartTime ?? now };
        if (life.Stage is not PodStage.Creating || container?.State?.Running?.StartedAt is not { } since) return life;
        if (life.Start(since) is not { Stage: PodStage.Running stage } running) return life;

        // Nobody restarted what ended while the node was away: its end is found now.
        stage = stage with { ReadyAt = pod.IsReady() ? since : stage.ReadyAt, EndsAt = stage.EndsAt < now ? now : stage.EndsAt };
        return running with { Stage = stage };
    }

    public PodLife At(DateTimeOffset now)
    {
        var life = this;
        while (life.StageEnd() is { } end && end <= now) life = life.Next(end);
        return life;
    }

    /// <summary>The node cannot run this pod.</summary>
    public PodLife Refused(string message) => this with { Stage = Reject(message) };

    /// <summary>The process that is its container has ended.</summary>
    public PodLife Exited(ContainerEnd end) => Stage is PodStage.Running running ? End(running with { ExitCode = end.ExitCode }, end.At) : this;

    private DateTimeOffset? StageEnd() => Stage switch
    {
        PodStage.Running running => running.EndsAt,
        _ => NextChange(DateTimeOffset.MinValue),
    };

    private PodLife Next(DateTimeOffset at) => Stage switch
    {
        PodStage.Creating => Start(at),
        PodStage.PullFailed failed => this with { Stage = new PodStage.PullBackOff(failed.Failures, at + Timings.BackoffAfter(failed.Failures + 1)) },
        PodStage.PullBackOff waiting => this with { Stage = new PodStage.PullFailed(waiting.Failures + 1, at + Timings.PullAttempt) },
        PodStage.BackOff => (this with { Restarts = Restarts + 1 }).Start(at),
        PodStage.Running running => End(running, at),
        _ => throw new UnreachableException(),
    };

    private PodLife Start(DateTimeOffset at)
    {
        if (Behaviour.Runs) return this with { Stage = new PodStage.Running(at, at + Behaviour.ReadyAfter, EndsAt: null, ExitCode: 0) };
        var exits = Behaviour.CrashAfter is { } crash ? at + crash : OwnEnd(at);
        var code = Behaviour.CrashAfter is null ? Behaviour.ExitCode : CrashExitCode;
        return this with { Stage = new PodStage.Running(at, at + Behaviour.ReadyAfter, exits, code) };
    }

    private DateTimeOffset? OwnEnd(DateTimeOffset start)
    {
        var length = Behaviour.Duration ?? (RestartPolicy == "Always" ? null : Timings.JobDuration);
        return start + length;
    }

    private PodLife End(PodStage.Running running, DateTimeOffset at)
    {
        var run = new Run(running.Since, at, running.ExitCode);
        if (RestartPolicy == "Never" || (RestartPolicy == "OnFailure" && running.ExitCode == 0)) return this with { Stage = new PodStage.Ended(run), LastRun = run };
        var failures = at - running.Since >= Timings.BackoffReset ? 1 : Failures + 1;
        var wait = Timings.BackoffAfter(failures);

        // The runtime needs its time to make a container even when there is nothing to wait for.
        var until = at + (wait > TimeSpan.Zero ? wait : Timings.ContainerStart * Pace);
        return this with { Stage = new PodStage.BackOff(run, wait, until), Failures = failures, LastRun = run };
    }

    // A container that can restart waits for a better configuration, as with any that the kubelet cannot make; others fail.
    private PodStage Reject(string error) => RestartPolicy == "Always"
        ? new PodStage.Stuck("CreateContainerConfigError", error)
        : new PodStage.Rejected("InvalidSandboxAnnotation", error);

    private PodStage? ImagePullFailure(V1Pod pod)
    {
        var image = pod.FirstContainer()?.Image ?? "";
        return Behaviour.ImagePullError switch
        {
            null => null,
            "InvalidImageName" => new PodStage.Stuck("InvalidImageName", $"Failed to apply default image tag \"{image}\": couldn't parse image name: invalid reference format"),
            "ErrImageNeverPull" => new PodStage.Stuck("ErrImageNeverPull", $"Container image \"{image}\" is not present with pull policy of Never"),
            _ => new PodStage.PullFailed(1, ArrivedAt + Timings.ContainerStart * Pace + Timings.PullAttempt),
        };
    }
}
