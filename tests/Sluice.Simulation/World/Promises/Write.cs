using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Simulation.World.Promises;

/// <summary>A committed write with the object before and after it.</summary>
/// <param name="Committed">As the API server tells it.</param>
/// <param name="IsTheOperators">Whether an operator wrote it.</param>
/// <param name="At">When, by the cluster's clock.</param>
/// <param name="Clock">The same by the clock of the operator that wrote it.</param>
/// <param name="Before">The object before; null for a creation.</param>
/// <param name="After">The object after; null for one that is gone.</param>
internal sealed record Write(CommittedWrite Committed, bool IsTheOperators, DateTimeOffset At, DateTimeOffset Clock, IKubernetesObject? Before, IKubernetesObject? After)
{
    /// <summary>It arrived when its sender had given it up.</summary>
    public bool IsLate { get; init; }

    public string Name => Committed.Name;

    public string Namespace => Committed.Namespace;

    public string Resource => Committed.Resource;

    public bool IsCreation => Committed.Type == WatchEventType.Added;

    public bool IsDeletion => After is null;

    /// <summary>The operator's clock in whole seconds, as it counts time in a status.</summary>
    public DateTimeOffset Second => new(Clock.Ticks - (Clock.Ticks % TimeSpan.TicksPerSecond), Clock.Offset);

    /// <summary>An operator's change of a Rollout's status.</summary>
    public bool IsReport(out Rollout before, out Rollout after)
    {
        (before, after) = ((Before as Rollout)!, (After as Rollout)!);
        return IsTheOperators && Before is Rollout && After is Rollout;
    }

    /// <summary>An operator's change of a Migration's status.</summary>
    public bool IsRecord(out Migration before, out Migration after)
    {
        (before, after) = ((Before as Migration)!, (After as Migration)!);
        return IsTheOperators && Before is Migration && After is Migration;
    }
}
