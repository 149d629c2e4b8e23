using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Observe, decide, execute, report: one Migration.</summary>
internal sealed partial class MigrationReconciler(
    MigrationObserver observer,
    MigrationExecutor executor,
    IClusterReader reader,
    IClusterWriter writer,
    IEventRecorder events,
    TimeProvider time,
    ILogger<MigrationReconciler> logger) : IReconciler
{
    /// <summary>More passes in a row than any migration has.</summary>
    private const int MaxPasses = 64;

    private readonly OvertakenVersions overtaken = new();

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var cached = reader.Get<Migration>(key);
        var isLive = cached is null || overtaken.Contains(key, cached.Metadata.ResourceVersion);
        var migration = isLive ? await reader.GetLiveAsync<Migration>(key, ct) : cached;
        if (migration is null)
        {
            overtaken.Forget(key);
            await executor.LetGoOfJobsAsync(key, ct);
            return ReconcileResult.Success;
        }

        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var snapshot = await observer.ObserveAsync(migration, ct);
            switch (MigrationEngine.Decide(snapshot, time.GetUtcNow()))
            {
                case MigrationDecision.Transition transition:
                    migration = await CommitAsync(migration, transition, ct);
                    isLive = true;
                    break;
                case MigrationDecision.Act { Effects.Count: 0 } idle:
                    await ReportAsync(migration, idle.Status, ct);
                    return idle.LookAgain is { } delay ? ReconcileResult.After(delay) : ReconcileResult.Success;
                case MigrationDecision.Act when !isLive:
                    // A view from before the result was recorded would start what has been done: effects follow from a status read live.
                    migration = await reader.GetLiveAsync<Migration>(key, ct);
                    if (migration is null) return ReconcileResult.Success;
                    isLive = true;
                    break;
                case MigrationDecision.Act act:
                    // What the effects brought about is looked at by live reads in the next pass, so that a lock just taken is used at once.
                    var (changed, refusal) = await executor.ExecuteAsync(migration, act.Effects, ct);
                    if (refusal is not null)
                    {
                        var instead = MigrationEngine.Refused(migration, refusal.Message, MigrationExecutor.IsForGood(refusal), time.GetUtcNow());
                        if (instead is MigrationDecision.Act wait)
                        {
                            await ReportAsync(migration, wait.Status, ct);
                            return ReconcileResult.After(wait.LookAgain!.Value);
                        }

                        migration = await CommitAsync(migration, (MigrationDecision.Transition)instead, ct);
                        break;
                    }

                    migration = await ReportAsync(migration, act.Status, ct);
                    if (!changed) return ReconcileResult.After(act.LookAgain ?? TimeSpan.FromSeconds(10));
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return ReconcileResult.Retry($"no end of transitions after {MaxPasses} passes");
    }

    private async Task<Migration> CommitAsync(Migration migration, MigrationDecision.Transition transition, CancellationToken ct)
    {
        var committed = await WriteStatusAsync(migration, transition.Status, ct);
        var key = NamespacedName.Of(committed);
        foreach (var announcement in transition.Announcements)
        {
            LogTransition(logger, key, announcement.Reason, announcement.Note);
            events.Record(committed, announcement.IsWarning ? "Warning" : "Normal", announcement.Reason, announcement.Action, announcement.Note);
        }

        return committed;
    }

    private async Task<Migration> ReportAsync(Migration migration, MigrationStatus status, CancellationToken ct) =>
        SemanticEquality.SemanticallyEqual(migration.Status ?? new MigrationStatus(), status, ApiJsonContext.Default.MigrationStatus) ? migration : await WriteStatusAsync(migration, status, ct);

    private async Task<Migration> WriteStatusAsync(Migration migration, MigrationStatus status, CancellationToken ct)
    {
        var written = await writer.UpdateStatusAsync(migration with { Status = status }, WriteOptions.Default, ct);
        overtaken.Add(NamespacedName.Of(migration), migration.Metadata.ResourceVersion);
        return written;
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "migration {Migration}: {Reason}: {Note}")]
    private static partial void LogTransition(ILogger logger, NamespacedName migration, string reason, string note);
}
