using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Migrations;

/// <summary>A Migration before its first attempt: whether there is anything left to do, and whose turn it is.</summary>
internal static class MigrationWait
{
    private static readonly TimeSpan LockCheck = TimeSpan.FromMinutes(1);

    public static MigrationDecision.Transition Begin(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) =>
        Dropped(snapshot, status, now) ?? AlreadyDecided(snapshot, status, now) ?? (snapshot.Demand != MigrationDemand.Wanted
            ? MigrationEnd.Superseded(snapshot, status, now)
            : new MigrationDecision.Transition(
                WithQueue(snapshot, status with { State = MigrationState.WaitingForLock, Lock = new LockStatus { WaitingSince = now } }),
                []));

    /// <summary>What was done is never done again, and what may have been done is not either, until a person has looked.</summary>
    private static MigrationDecision.Transition? AlreadyDecided(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        if (snapshot.SameKey.FirstOrDefault(other => other.Status?.State == MigrationState.Succeeded) is { } done)
        {
            return MigrationEnd.Finish(status, MigrationState.Skipped, Reasons.AlreadyDone, $"already done by {done.Metadata.Name}", now);
        }

        return snapshot.SameKey.FirstOrDefault(other => other.Status?.State == MigrationState.Unknown) is { } unknown
            ? MigrationEnd.Finish(
                status,
                MigrationState.Unknown,
                Reasons.MigrationUnknown,
                $"nobody knows whether {unknown.Metadata.Name} has run to its end: look at the database; then an Override declares that Migration done, or deleting it lets it run again",
                now)
            : null;
    }

    public static MigrationDecision Wait(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        if (AlreadyDecided(snapshot, status, now) is { } decided) return decided;
        if (snapshot.Demand != MigrationDemand.Wanted) return MigrationEnd.Superseded(snapshot, status, now);

        var me = snapshot.Migration.Metadata.Name;
        var holds = snapshot.LockHolder == me;
        var left = (status.Lock?.WaitingSince ?? now) + Durations.OrZero(snapshot.Migration.Spec.LockTimeout) - now;

        // Another release asked for the same, under another lock: once it is done there is nothing left to do here.
        var isUnderWay = snapshot.SameKey.Any(other => other.Status?.State is MigrationState.Running or MigrationState.Verifying);
        var isNext = !isUnderWay && snapshot.LockHolder is null && snapshot.Queue.Count > 0 && snapshot.Queue[0] == me;
        var isBlocked = snapshot.Obstacle is not null || snapshot.AtWork is not null;

        // A lock that is free is in time: nobody was there to take it sooner.
        if (left <= TimeSpan.Zero && (isBlocked || !(holds || isNext))) return LockTimedOut(snapshot, status, now);
        if (snapshot.Obstacle is { } obstacle)
        {
            // With the lock in hand it would keep out what has to go on for the obstacle to go.
            var blocked = status with { Reason = Reasons.PodsInTheWay, Message = StatusText.Shorten($"waiting: {obstacle}"), Lock = (status.Lock ?? new LockStatus()) with { Holder = null, Position = null, Summary = "waits for pods" } };
            return new MigrationDecision.Act(holds ? [new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock)] : [], blocked, left < MigrationEngine.PodCheck ? left : MigrationEngine.PodCheck);
        }

        if (snapshot.AtWork is { } other)
        {
            // What a person did to the Lease makes nobody end sooner: the lock is that one's.
            return new MigrationDecision.Act(holds ? [new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock)] : [], WithQueue(snapshot with { LockHolder = other }, status), left < MigrationEngine.PodCheck ? left : MigrationEngine.PodCheck);
        }

        if (holds)
        {
            // Jobs and pods that carry this name before its first attempt are of a Migration of the same name that was deleted.
            if (!snapshot.MayStillWrite) return MigrationRun.StartAttempt(snapshot, status, now);

            return new MigrationDecision.Act([], status with { Message = "a Job of an earlier Migration of this name may still write: waiting for its end" }, MigrationEngine.PodCheck);
        }

        return new MigrationDecision.Act(
            isNext ? [TakeLock(snapshot)] : [],
            WithQueue(snapshot, status),
            left > TimeSpan.Zero && left < LockCheck ? left : LockCheck);
    }

    private static MigrationDecision.Transition LockTimedOut(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => MigrationEnd.Finish(
        status,
        MigrationState.TimedOut,
        Reasons.LockTimeout,
        snapshot.Obstacle is { } obstacle
            ? $"it could not begin within {snapshot.Migration.Spec.LockTimeout}: {obstacle}"
            : $"lock {snapshot.Migration.Spec.Lock} was not free within {snapshot.Migration.Spec.LockTimeout}: held by {snapshot.AtWork ?? snapshot.LockHolder ?? "nobody"}",
        now);

    public static MigrationEffect.TakeLock TakeLock(MigrationSnapshot snapshot) => new(snapshot.Migration.Spec.Lock, snapshot.Lease);

    private static MigrationStatus WithQueue(MigrationSnapshot snapshot, MigrationStatus status)
    {
        var ahead = Math.Max(0, snapshot.Queue.ToList().IndexOf(snapshot.Migration.Metadata.Name ?? ""));
        var position = ahead + 1;
        var summary = snapshot.LockHolder is { } holder ? $"{position} in line, held by {holder}" : $"{position} in line";
        return status with
        {
            Reason = null,
            Message = snapshot.LockHolder is { } other && other != snapshot.Migration.Metadata.Name
                ? $"waiting for lock {snapshot.Migration.Spec.Lock}, {position} in line, held by {other}"
                : $"waiting for lock {snapshot.Migration.Spec.Lock}",
            Lock = (status.Lock ?? new LockStatus()) with { Holder = snapshot.LockHolder, Position = position, Summary = summary },
        };
    }

    private static MigrationDecision.Transition? Dropped(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => snapshot.Migration.Spec.Dropped
        ? MigrationEnd.Finish(status, MigrationState.Superseded, Reasons.ContractDropped, "a revision that needs what it removes was promoted again: this contract is not owed any more", now)
        : null;
}
