using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Migrations;

/// <summary>Everything that is known of a Migration at one moment. Absences are confirmed by live reads.</summary>
public sealed record MigrationSnapshot
{
    /// <summary>The Migration with the status as committed.</summary>
    public required Migration Migration { get; init; }

    /// <summary>Whether its release still waits for it.</summary>
    public required MigrationDemand Demand { get; init; }

    /// <summary>A person's word that this Migration, whose end nobody saw, is done; null without one.</summary>
    public DecisionRecord? Override { get; init; }

    /// <summary>Name of the undo that has taken this expand migration back; null while none has.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>
    /// What a contract or an undo must not begin beside: pods that it would break, or the open canary of another Rollout with the same lock. In words, from live reads; null when
    /// nothing is in the way. Only looked for while the lock is waited for.
    /// </summary>
    public string? Obstacle { get; init; }

    /// <summary>A person's word that no pod of this lock's holder can write any more; null without one.</summary>
    public DecisionRecord? LockOverride { get; init; }

    /// <summary>The other Migrations of the same Rollout with the same phase, key and epoch, from a live read.</summary>
    public required IReadOnlyList<Migration> SameKey { get; init; }

    /// <summary>All Migrations of the namespace that wait for this lock, oldest first, this one included.</summary>
    public required IReadOnlyList<string> Queue { get; init; }

    /// <summary>Name of the Migration that holds the lock; null when it is free, or left by a Migration that was deleted, or has ended and given it back by its own record, with nothing of it left that could still write.</summary>
    public required string? LockHolder { get; init; }

    /// <summary>The lock's Lease as it was read: who takes it takes this version of it. Null where there is none.</summary>
    public V1Lease? Lease { get; init; }

    /// <summary>
    /// Name of another Migration that by its own record works under this lock, or may, though the Lease does not say so: somebody has edited or deleted that. Null normally;
    /// only looked for by who is about to take the lock, or has it and is about to begin.
    /// </summary>
    public string? AtWork { get; init; }

    /// <summary>The Job of the present run; null when it does not exist (confirmed live), or when no run is present.</summary>
    public required ObservedJob? Job { get; init; }

    /// <summary>Jobs of this Migration that still carry the finalizer of ours.</summary>
    public required IReadOnlyList<string> HeldJobs { get; init; }

    /// <summary>Whether a pod of any of its Jobs is not in a terminal phase, or one may come yet of a Job from before its first attempt: the lock must not be given away while one may still write.</summary>
    public required bool HasLivePods { get; init; }

    /// <summary>Whether a pod may still write, as far as anybody knows: a node that is cut off tells nothing, but a person may know.</summary>
    public bool MayStillWrite => HasLivePods && LockOverride is null;
}

/// <summary>Whether a release still waits for its migration.</summary>
public enum MigrationDemand
{
    /// <summary>It does.</summary>
    Wanted,

    /// <summary>It is waited for if it has begun, and is not to begin any more.</summary>
    Withdrawn,

    /// <summary>The release ended, is being taken back, or is gone with its Rollout.</summary>
    GivenUp,
}
