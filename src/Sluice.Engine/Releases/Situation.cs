using Sluice.Api;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Releases;

/// <summary>Where a Rollout stands: the one thing that decides what happens next. Each case carries only its own data.</summary>
internal abstract record Situation
{
    private Situation()
    {
    }

    /// <summary>The Rollout is being deleted: its pods go with it.</summary>
    public sealed record Deleting : Situation;

    /// <summary>There is something that the Rollout has made, and does not control.</summary>
    public sealed record Orphaned : Situation;

    /// <summary>There is no status, but a Release that ended, or pods that serve: it was lost.</summary>
    public sealed record StatusLost : Situation;

    /// <summary>The spec cannot be acted on and no release is in flight.</summary>
    public sealed record Invalid : Situation;

    /// <summary>The spec's revision is the stable one.</summary>
    public sealed record Settled(StableStatus Stable) : Situation;

    /// <summary>A person went back to an earlier Release, whose revision is the stable one: the spec's is held.</summary>
    public sealed record HeldByRollBack(StableStatus Stable, RollBackHold Hold) : Situation;

    /// <summary>The spec's revision was released and did not make it.</summary>
    public sealed record HeldBack(LastRelease Last) : Situation;

    /// <summary>The spec asks for a revision that an irreversible contract has left behind.</summary>
    public sealed record BelowSchemaFloor : Situation;

    /// <summary>A new revision waits because the Rollout is paused.</summary>
    public sealed record NewRevisionPaused : Situation;

    /// <summary>A new revision waits because the traffic could not be steered.</summary>
    public sealed record Unroutable(string Problem) : Situation;

    /// <summary>A new revision waits until Services that the spec names no longer have let go of the stable one.</summary>
    public sealed record HandingBack : Situation;

    /// <summary>A new revision waits until the Deployment that was taken over has no pods any more.</summary>
    public sealed record WorkloadServing : Situation;

    public sealed record NewRevision : Situation;

    public sealed record Pending(ReleaseProgress Release) : Situation;

    public sealed record Expanding(ReleaseProgress Release) : Situation;

    public sealed record Starting(ReleaseProgress Release) : Situation;

    public sealed record Stepping(ReleaseProgress Release, StepStatus Step) : Situation;

    public sealed record Promoting(ReleaseProgress Release) : Situation;

    public sealed record Soaking(ReleaseProgress Release) : Situation;

    public sealed record Contracting(ReleaseProgress Release) : Situation;

    public sealed record RollingBack(ReleaseProgress Release) : Situation;

    public sealed record Undoing(ReleaseProgress Release) : Situation;

    public sealed record Finishing(ReleaseProgress Release) : Situation;

    public static Situation Of(Pass pass)
    {
        if (pass.Rollout.Metadata.DeletionTimestamp is not null) return new Deleting();
        if (pass.Snapshot.Orphans.Count > 0) return new Orphaned();
        if (pass.Status.Release is { } release) return InFlight(release);
        if (pass.Status is { Stable: null, LastRelease: null } && LostStatus.IsToldBy(pass.Snapshot)) return new StatusLost();
        if (pass.IsRefused) return new Invalid();
        if (pass.Status.Stable is { } stable && stable.Revision == pass.DesiredRevision) return pass.Hold is { } hold ? new HeldByRollBack(stable, hold) : new Settled(stable);
        if (pass.Status.LastRelease is { Held: true } last && last.Revision == pass.DesiredRevision) return new HeldBack(last);
        if (SchemaFloor.Bars(pass, pass.DesiredRevision)) return new BelowSchemaFloor();
        if (pass.IsPaused) return new NewRevisionPaused();
        if (pass.Traffic.IsHandingBack) return new HandingBack();
        if (pass is { StableRevision: not null, Adoption.IsServing: true }) return new WorkloadServing();
        return pass is { StableRevision: not null, Traffic.Problem: { } problem } ? new Unroutable(problem) : new NewRevision();
    }

    private static Situation InFlight(ReleaseProgress release) => release.Stage switch
    {
        Stage.Pending => new Pending(release),
        Stage.Expanding => new Expanding(release),
        Stage.Starting => new Starting(release),
        Stage.Stepping => new Stepping(release, release.Step ?? new StepStatus()),
        Stage.Promoting => new Promoting(release),
        Stage.Soaking => new Soaking(release),
        Stage.Contracting => new Contracting(release),
        Stage.RollingBack => new RollingBack(release),
        Stage.Undoing => new Undoing(release),
        Stage.Finishing => new Finishing(release),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
