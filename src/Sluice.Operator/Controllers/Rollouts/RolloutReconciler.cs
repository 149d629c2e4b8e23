using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Metrics;
using Decision = Sluice.Engine.Decision;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Observe, decide, execute, report: one Rollout, one pass after the other until there is nothing to decide.</summary>
internal sealed partial class RolloutReconciler(
    RolloutObserver observer,
    EffectExecutor executor,
    StrayDecisions strays,
    IClusterReader reader,
    IClusterWriter writer,
    IEventRecorder events,
    IMeasurements measurements,
    TimeProvider time,
    ILogger<RolloutReconciler> logger) : IReconciler
{
    /// <summary>More transitions in a row than any release has: beyond it the engine goes in circles, and the key's backoff slows it down.</summary>
    private const int MaxPasses = 64;

    /// <summary>Longer than one pass over the pods takes where they start at once, and short enough for somebody who looks on.</summary>
    private static readonly TimeSpan HoldReportsFor = TimeSpan.FromSeconds(2);

    private readonly OvertakenVersions overtaken = new();
    private readonly SettlingReports reports = new(time, HoldReportsFor);
    private readonly ConcurrentDictionary<NamespacedName, string> uids = new();

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var rollout = reader.Get<Rollout>(key);
        var isLive = rollout is not null && overtaken.Contains(key, rollout.Metadata.ResourceVersion);
        if (isLive) rollout = await reader.GetLiveAsync<Rollout>(key, ct);
        if (rollout is null)
        {
            Forget(key);
            await strays.RefuseAsync(key, ct);
            await executor.LetGoOfChecksAsync(key, ct);
            return ReconcileResult.Success;
        }

        uids[key] = rollout.Metadata.Uid ?? "";
        var known = Freshness.Cached with { Status = isLive };
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var snapshot = await observer.ObserveAsync(rollout, known, ct);
            var decision = RolloutEngine.Decide(snapshot, time.GetUtcNow());
            switch (decision)
            {
                case Decision.Transition transition when !known.IsEnoughFor(transition):
                    known = known.NeededBy(transition);
                    break;
                case Decision.Transition transition:
                    rollout = await CommitAsync(rollout, transition, ct);
                    known = known with { Status = true };
                    break;
                case Decision.Act act when !known.IsEnoughFor(act):
                    rollout = known.Status ? rollout : await reader.GetLiveAsync<Rollout>(key, ct);
                    known = known.NeededBy(act);
                    break;
                case Decision.Act act:
                    if (await ExecuteAsync(snapshot, act, ct) is not { } instead) return await ReportAsync(rollout, act, ct);
                    rollout = instead is Decision.Hold givenUp ? await HoldAsync(rollout, givenUp, ct) : await CommitAsync(rollout, (Decision.Transition)instead, ct);
                    break;
                case Decision.Hold hold:
                    rollout = known.IsEnoughForHold ? await HoldAsync(rollout, hold, ct) : await reader.GetLiveAsync<Rollout>(key, ct);
                    known = known with { Status = true, Pods = true };
                    break;
                default:
                    throw new UnreachableException();
            }

            if (rollout is null) return ReconcileResult.Success;
        }

        return ReconcileResult.Retry($"no end of transitions after {MaxPasses} passes");
    }

    private void Forget(NamespacedName key)
    {
        overtaken.Forget(key);
        reports.Forget(key);
        observer.Forget(key);
        if (uids.TryRemove(key, out var uid)) measurements.Forget(uid);
    }

    /// <summary>Writes the status and only then tells of it.</summary>
    private async Task<Rollout> CommitAsync(Rollout rollout, Decision.Transition transition, CancellationToken ct)
    {
        var committed = await WriteStatusAsync(rollout, transition.Status, ct);
        var key = NamespacedName.Of(committed);
        foreach (var announcement in transition.Announcements)
        {
            LogTransition(logger, key, announcement.Reason, announcement.Note);
            events.Record(committed, announcement.IsWarning ? "Warning" : "Normal", announcement.Reason, announcement.Action, announcement.Note);
        }

        return committed;
    }

    /// <summary>Executes the effects in order; what to do instead when the API server refused one of them for good.</summary>
    private async Task<Decision?> ExecuteAsync(Snapshot snapshot, Decision.Act act, CancellationToken ct)
    {
        foreach (var effect in act.Effects)
        {
            try
            {
                var errors = await executor.ExecuteAsync(snapshot, effect, ct);
                if (errors.Count > 0) return RolloutEngine.Refused(snapshot, effect, errors, time.GetUtcNow());
            }
            catch (KubernetesException failed) when (RolloutEngine.GiveUp(snapshot, failed.IsForbidden, time.GetUtcNow()) is { } givenUp)
            {
                LogGivenUp(logger, NamespacedName.Of(snapshot.Rollout), failed);
                return givenUp;
            }
        }

        return null;
    }

    /// <summary>The Rollout as it is then; null when it is gone, or goes now that nothing of ours holds it.</summary>
    private async Task<Rollout?> HoldAsync(Rollout rollout, Decision.Hold hold, CancellationToken ct)
    {
        var held = await executor.HoldAsync(rollout, hold, ct);
        overtaken.Add(NamespacedName.Of(rollout), rollout.Metadata.ResourceVersion);
        return hold.IsHeld || rollout.Metadata.DeletionTimestamp is null ? held : null;
    }

    /// <summary>Writes what was observed, now or a little later.</summary>
    private async Task<ReconcileResult> ReportAsync(Rollout rollout, Decision.Act act, CancellationToken ct)
    {
        var writeAfter = reports.WriteAfter(NamespacedName.Of(rollout), rollout.Status ?? new RolloutStatus(), act.Status);
        if (writeAfter == TimeSpan.Zero) await WriteStatusAsync(rollout, act.Status, ct);
        var lookAgain = writeAfter > TimeSpan.Zero && !(act.LookAgain < writeAfter) ? writeAfter : act.LookAgain;
        return lookAgain is { } delay ? ReconcileResult.After(delay) : ReconcileResult.Success;
    }

    private async Task<Rollout> WriteStatusAsync(Rollout rollout, RolloutStatus status, CancellationToken ct)
    {
        var written = await writer.UpdateStatusAsync(rollout with { Status = status }, WriteOptions.Default, ct);
        overtaken.Add(NamespacedName.Of(rollout), rollout.Metadata.ResourceVersion);
        reports.Forget(NamespacedName.Of(rollout));
        return written;
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "{Rollout}: {Reason}: {Note}")]
    private static partial void LogTransition(ILogger logger, NamespacedName rollout, string reason, string note);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Rollout} is being deleted, and not everything could be put in order before")]
    private static partial void LogGivenUp(ILogger logger, NamespacedName rollout, Exception failed);
}
