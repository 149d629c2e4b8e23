using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Migrations;

/// <summary>
/// Decides what a Migration does next. The order is what makes it safe: intent is recorded, then the lock is taken, then the Job is created, its end observed,
/// the result recorded, and only then the Job and the lock are let go. Whoever is killed in between finds in the status where to go on.
/// </summary>
public static class MigrationEngine
{
    /// <summary>How soon it is looked again whether pods have stopped.</summary>
    internal static readonly TimeSpan PodCheck = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan JobCheck = TimeSpan.FromSeconds(30);

    public static MigrationDecision Decide(MigrationSnapshot snapshot, DateTimeOffset now)
    {
        var status = snapshot.Migration.Status ?? new MigrationStatus();
        return status.State switch
        {
            null => MigrationWait.Begin(snapshot, status, now),
            MigrationState.WaitingForLock => MigrationWait.Wait(snapshot, status, now),
            MigrationState.Running or MigrationState.Verifying when status.Attempts.Count == 0 => MigrationEnd.Finish(
                status, MigrationState.Unknown, Reasons.MigrationUnknown, "somebody has taken its attempts from its status: nobody knows how far it is; an Override declares it done, deleting the Migration lets it run again", now),
            MigrationState.Running => MigrationRun.Run(snapshot, status, verify: false, now),
            MigrationState.Verifying => MigrationRun.Run(snapshot, status, verify: true, now),
            MigrationState.Unknown when snapshot.Override is { } word => MigrationEnd.Finish(
                status, MigrationState.Succeeded, Reasons.Overridden, $"declared done by {word.By} ({word.Ticket}): {word.Reason}; before: {status.Message}", now),
            MigrationState.Succeeded when snapshot.UndoneBy is { } undo => MigrationEnd.Finish(status, MigrationState.Undone, Reasons.Undone, $"taken back by {undo}; before: {status.Message}", now),
            MigrationState.Succeeded or MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted or MigrationState.Unknown
                or MigrationState.Skipped or MigrationState.Superseded or MigrationState.Undone => LetGo(snapshot, status, now),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Whether a migration in this state will never run again by itself.</summary>
    public static bool IsTerminal(MigrationState? state) =>
        state is not (null or MigrationState.WaitingForLock or MigrationState.Running or MigrationState.Verifying);

    /// <summary>
    /// The API server refused the Job of the present run, and nothing was started. What it says of the Job itself no repetition would change; what does not let it in now, such
    /// as a quota, may: it is tried again for as long as the Job might have taken.
    /// </summary>
    /// <param name="migration">With the status as committed.</param>
    /// <param name="why">What the API server said.</param>
    /// <param name="isForGood">Whether it was said of the Job itself.</param>
    /// <param name="now">The present time.</param>
    public static MigrationDecision Refused(Migration migration, string why, bool isForGood, DateTimeOffset now)
    {
        var status = migration.Status ?? new MigrationStatus();
        if (isForGood || status.Attempts is not [.., { } attempt]) return MigrationEnd.Finish(status, MigrationState.Failed, Reasons.JobRefused, why, now);

        var since = status.State == MigrationState.Verifying ? attempt.Run?.FinishedAt : attempt.Run?.NotBefore ?? status.StartedAt;
        return since is null || now >= since + Durations.OrZero(migration.Spec.Timeout)
            ? MigrationEnd.Finish(status, MigrationState.Failed, Reasons.JobRefused, $"its Job could not be created within {migration.Spec.Timeout}: {why}", now)
            : new MigrationDecision.Act([], status with { Message = StatusText.Shorten($"its Job cannot be created: {why}") }, JobCheck);
    }

    /// <summary>The result is recorded: the Jobs may go, and the lock goes once no pod can write any more.</summary>
    private static MigrationDecision.Act LetGo(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        List<MigrationEffect> effects = [.. snapshot.HeldJobs.Select(name => new MigrationEffect.FreeJob(name))];
        var holds = snapshot.LockHolder == snapshot.Migration.Metadata.Name;
        if (holds && !snapshot.MayStillWrite) effects.Add(new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock));

        var released = holds || snapshot.MayStillWrite || status.Lock is null || status.Lock.ReleasedAt is not null || status.Lock.AcquiredAt is null
            ? status.Lock
            : status.Lock with { ReleasedAt = now, Holder = null, Position = null, Summary = "released" };
        return new MigrationDecision.Act(effects, status with { Lock = released }, snapshot.MayStillWrite ? PodCheck : null);
    }
}
