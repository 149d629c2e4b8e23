using System.Diagnostics;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>Writes a pod's life down as the kubelet does: phase, conditions and container statuses.</summary>
internal static class PodStatusRenderer
{
    /// <summary>128 + signal number, as for the other.</summary>
    public const int ExitCodeOfSigkill = 137;

    private const int ExitCodeOfSigterm = 143;

    private static readonly string[] OwnConditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    public static V1PodStatus Render(V1Pod pod, PodLife life, string podIp, string hostIp, DateTimeOffset now)
    {
        var before = pod.Status ?? new V1PodStatus();
        var rejected = life.Stage as PodStage.Rejected;
        var started = life.Stage is not (PodStage.Creating or PodStage.PullFailed or PodStage.PullBackOff or PodStage.Stuck or PodStage.Rejected);
        return before with
        {
            Phase = Phase(life),
            Reason = rejected?.Reason,
            Message = rejected?.Message,
            StartTime = before.StartTime ?? life.ArrivedAt,
            HostIP = hostIp,
            PodIP = started ? podIp : before.PodIP,
            PodIPs = started ? [new V1PodIP { Ip = podIp }] : before.PodIPs,
            Conditions = Conditions(pod, life, started, now),
            ContainerStatuses = rejected is null ? Containers(pod, pod.Spec?.Containers, container => Status(pod, container, life, now)) : null,
            InitContainerStatuses = started ? Containers(pod, pod.Spec?.InitContainers, container => Initialised(pod, container, life)) : before.InitContainerStatuses,
        };
    }

    /// <summary>The status of a pod whose containers were stopped because it is deleted.</summary>
    public static V1PodStatus Stopped(V1Pod pod, PodLife life, DateTimeOffset now)
    {
        var stopped = life.Stage is PodStage.Running running
            ? life with { RestartPolicy = "Never", Stage = new PodStage.Ended(new Run(running.Since, now, ExitCodeOfSigterm)) }
            : life with { RestartPolicy = "Never", Stage = new PodStage.Ended(life.LastRun ?? new Run(now, now, ExitCodeOfSigkill)) };
        return Render(pod, stopped, pod.Status?.PodIP ?? "", pod.Status?.HostIP ?? "", now);
    }

    private static string Phase(PodLife life) => life.Stage switch
    {
        PodStage.Running or PodStage.BackOff => "Running",
        PodStage.Ended { Last.ExitCode: 0 } => "Succeeded",
        PodStage.Ended or PodStage.Rejected => "Failed",
        _ => "Pending",
    };

    private static List<V1PodCondition> Conditions(V1Pod pod, PodLife life, bool started, DateTimeOffset now)
    {
        var before = pod.Status?.Conditions ?? [];
        var ready = life.IsReady(now);
        var (reason, message) = ready ? (null, null) : NotReady(pod, life);
        List<V1PodCondition> conditions =
        [
            Set(before, "PodReadyToStartContainers", started && life.Stage is not PodStage.Ended, null, null, now),
            Set(before, "Initialized", true, null, null, now),
            Set(before, "Ready", ready, reason, message, now),
            Set(before, "ContainersReady", ready, reason, message, now),
            Set(before, "PodScheduled", true, null, null, now),
        ];
        conditions.AddRange(before.Where(condition => !OwnConditions.Contains(condition.Type)));
        return conditions;
    }

    private static (string Reason, string? Message) NotReady(V1Pod pod, PodLife life) => life.Stage switch
    {
        PodStage.Ended { Last.ExitCode: 0 } => ("PodCompleted", null),
        PodStage.Ended or PodStage.Rejected => ("PodFailed", null),
        _ => ("ContainersNotReady", $"containers with unready status: [{string.Join(' ', (pod.Spec?.Containers ?? []).Select(container => container.Name))}]"),
    };

    private static V1PodCondition Set(IReadOnlyList<V1PodCondition> before, string type, bool holds, string? reason, string? message, DateTimeOffset now)
    {
        var status = holds ? "True" : "False";
        var old = before.FirstOrDefault(condition => condition.Type == type);
        return new V1PodCondition
        {
            Type = type,
            Status = status,
            LastProbeTime = old?.LastProbeTime,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        };
    }

    private static IReadOnlyList<V1ContainerStatus>? Containers(V1Pod pod, IReadOnlyList<V1Container>? containers, Func<V1Container, V1ContainerStatus> status) =>
        containers is { Count: > 0 } ? [.. containers.Select(status)] : null;

    private static V1ContainerStatus Status(V1Pod pod, V1Container container, PodLife life, DateTimeOffset now)
    {
        var running = life.Stage is PodStage.Running;
        return new V1ContainerStatus
        {
            Name = container.Name,
            Image = container.Image,
            ImageID = running || life.LastRun is not null ? $"sandbox/{container.Image}" : "",
            ContainerID = running || life.LastRun is not null ? ContainerId(pod, container, life.Restarts) : null,
            Ready = life.IsReady(now),
            Started = running,
            RestartCount = life.Restarts,
            State = State(pod, container, life),
            LastState = LastState(pod, container, life),
        };
    }

    private static V1ContainerState State(V1Pod pod, V1Container container, PodLife life) => life.Stage switch
    {
        PodStage.Creating => Waiting("ContainerCreating", null),
        PodStage.PullFailed => Waiting("ErrImagePull", $"failed to pull image \"{container.Image}\": not found"),
        PodStage.PullBackOff => Waiting("ImagePullBackOff", $"Back-off pulling image \"{container.Image}\""),
        PodStage.Stuck stuck => Waiting(stuck.Reason, stuck.Message),
        PodStage.Running running => new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = running.Since } },
        PodStage.BackOff waiting when waiting.Wait == TimeSpan.Zero => Terminated(pod, container, waiting.Last, life.Restarts),
        PodStage.BackOff waiting => Waiting(
            "CrashLoopBackOff", $"back-off {waiting.Wait.TotalSeconds:0}s restarting failed container={container.Name} pod={pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})"),
        PodStage.Ended ended => Terminated(pod, container, ended.Last, life.Restarts),
        PodStage.Rejected rejected => Waiting(rejected.Reason, rejected.Message),
        _ => throw new UnreachableException(),
    };

    private static V1ContainerState? LastState(V1Pod pod, V1Container container, PodLife life) => life switch
    {
        { LastRun: null } or { Stage: PodStage.Ended } => null,
        { Stage: PodStage.BackOff { Wait.Ticks: 0 } } => null,
        { Stage: PodStage.BackOff } => Terminated(pod, container, life.LastRun, life.Restarts),
        _ => Terminated(pod, container, life.LastRun, life.Restarts - 1),
    };

    private static V1ContainerState Waiting(string reason, string? message) =>
        new() { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } };

    private static V1ContainerState Terminated(V1Pod pod, V1Container container, Run run, int restarts) => new()
    {
        Terminated = new V1ContainerStateTerminated
        {
            ExitCode = run.ExitCode,
            Reason = run.ExitCode == 0 ? "Completed" : "Error",
            StartedAt = run.Since,
            FinishedAt = run.Until,
            ContainerID = ContainerId(pod, container, restarts),
        },
    };

    private static V1ContainerStatus Initialised(V1Pod pod, V1Container container, PodLife life) => new()
    {
        Name = container.Name,
        Image = container.Image,
        ImageID = $"sandbox/{container.Image}",
        ContainerID = ContainerId(pod, container, 0),
        Ready = true,
        Started = false,
        State = Terminated(pod, container, new Run(life.ArrivedAt, life.ArrivedAt, 0), 0),
    };

    private static string ContainerId(V1Pod pod, V1Container container, int restarts) => $"sandbox://{pod.Metadata.Uid}/{container.Name}/{restarts}";
}
