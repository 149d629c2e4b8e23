using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>
/// A contract that failed, or the undo of a release that the spec went back from, is run again when a person asks for it: its release, which has ended and stays on record as
/// it did, is in flight once more in that stage alone. No pod moves, and nothing is expanded.
/// </summary>
internal static class Reopening
{
    /// <summary>Whether the release in flight has ended before, and is there for one migration.</summary>
    public static bool IsOne(Pass pass, ReleaseProgress release) => pass.Status.LastRelease?.Name == release.Name;

    /// <summary>
    /// The migration that has begun, has failed since, and leaves a Rollout whose spec's revision is stable with a schema that is half done; null when there is none.
    /// After other ends the failed revision is held, and a Retry releases it again.
    /// </summary>
    public static Migration? Failed(Pass pass)
    {
        if (pass.Status is not { LastRelease: { Held: false } last, Stable: { } stable } || stable.Revision != pass.DesiredRevision || pass.Hold is not null) return null;

        return last.Outcome switch
        {
            Outcome.Promoted when last.Revision == stable.Revision => MigrationConditions.FailedContract(pass),
            Outcome.Reverted => MigrationConditions.FailedUndo(pass) is { } undo && undo.Spec.Release == last.Name ? undo : null,
            _ => null,
        };
    }

    /// <summary>Why a failed migration is not run again; null when it may be.</summary>
    public static string? Objection(Pass pass, Migration failed)
    {
        if (failed.Status?.State == MigrationState.Unknown) return $"nobody knows how Migration {failed.Metadata.Name} ended: look at the database, and make an Override of migration/{failed.Metadata.Name} if it is done";

        return failed.Spec.Phase == MigrationPhase.Contract && OwedContracts.HasLapsed(pass, failed.Spec, pass.Status.LastRelease!.Revision, pass.SpecPlan?.Expand?.Command.Hash)
            ? $"{failed.Metadata.Name} removes what revision {pass.Status.LastRelease.Revision}, which is from before it, needs"
            : null;
    }

    /// <summary>The last release is in flight again, and asks for the failed migration by another name.</summary>
    public static Decision.Transition Begin(Pass pass, Migration failed, string message)
    {
        var last = pass.Status.LastRelease!;
        var record = pass.Snapshot.ReleaseNamed(last.Name);
        var isContract = failed.Spec.Phase == MigrationPhase.Contract;
        var asked = new MigrationProgress { Migration = FreeName(pass, failed) };
        var release = new ReleaseProgress
        {
            Name = last.Name,
            Number = ObjectNames.NumberIn(last.Name),
            Revision = last.Revision,
            PreviousRevision = isContract ? null : pass.StableRevision,
            StartedAt = record?.Status?.StartedAt ?? last.FinishedAt,
            Cause = record?.Status?.Cause,
            ChangedBy = record?.Status?.ChangedBy,
            Verdict = record?.Status?.Verdict,
            Outcome = isContract ? null : last.Outcome,
            Reason = isContract ? null : last.Reason,
            Message = isContract ? null : $"revision {last.Revision} was taken back",
            Migration = isContract ? new ReleaseMigrations { Contract = asked } : new ReleaseMigrations { Undo = asked },
        };
        var (stage, outlook) = isContract ? (Stage.Contracting, new Outlook(Phase.Progressing, Reasons.Contracting, message)) : (Stage.Undoing, new Outlook(Phase.RollingBack, Reasons.Undoing, message));
        var status = Transitions.Enter(pass, release, stage, deadline: null, outlook.Reason, message);
        return Transitions.Say(pass, status, outlook, isWarning: false, outlook.Reason, "Retry", $"release {release.Number}: {message}: {asked.Migration}");
    }

    /// <summary>The contract that a reopened release is there for.</summary>
    public static IReadOnlyList<DueContract> Due(Pass pass, ReleaseProgress release)
    {
        if (release.Migration?.Contract?.Migration is not { } asked) return [];

        var spec = pass.Snapshot.Migrations.FirstOrDefault(migration => migration.Metadata.Name == asked)?.Spec
            ?? (MigrationConditions.FailedContract(pass) is { } failed ? OwedContracts.RequestOf(pass, failed.Spec.Release) : null);
        return spec is null ? [] : [new DueContract(asked, spec)];
    }

    private static string FreeName(Pass pass, Migration failed) => Enumerable.Range(1, int.MaxValue - 1)
        .Select(retry => ObjectNames.Retried(failed.Spec.Release, failed.Spec.Phase, retry))
        .First(name => pass.Snapshot.Migrations.All(migration => migration.Metadata.Name != name));
}
