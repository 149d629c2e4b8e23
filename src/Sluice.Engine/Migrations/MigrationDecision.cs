using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Migrations;

/// <summary>What to do next with a Migration; the same shape as <see cref="Decision"/>.</summary>
public abstract record MigrationDecision
{
    private MigrationDecision()
    {
    }

    /// <summary>A change of state: only the status is written, and then the world is looked at again.</summary>
    public sealed record Transition(MigrationStatus Status, IReadOnlyList<Announcement> Announcements) : MigrationDecision;

    public sealed record Act(IReadOnlyList<MigrationEffect> Effects, MigrationStatus Status, TimeSpan? LookAgain) : MigrationDecision;
}

/// <summary>One change of the world on behalf of a migration. Each is safe to repeat.</summary>
public abstract record MigrationEffect
{
    private MigrationEffect()
    {
    }

    /// <summary>Makes this Migration the holder of its lock, if nothing has changed that since it was looked at; losing the race is no error.</summary>
    /// <param name="Lock">The lock's name.</param>
    /// <param name="Seen">The Lease that was seen to be free, or left behind by a holder long deleted; null where there was none.</param>
    public sealed record TakeLock(string Lock, V1Lease? Seen) : MigrationEffect;

    /// <summary>Gives the lock back if this Migration holds it.</summary>
    public sealed record ReleaseLock(string Lock) : MigrationEffect;

    /// <summary>Creates the Job; one that exists by that name and is ours is adopted.</summary>
    public sealed record CreateJob(V1Job Job) : MigrationEffect;

    /// <summary>Ends a running Job.</summary>
    public sealed record DeleteJob(string Name, string Uid) : MigrationEffect;

    /// <summary>Lets a Job go whose result is recorded.</summary>
    public sealed record FreeJob(string Name) : MigrationEffect;
}
