using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>A contract that is to run now that a revision is promoted.</summary>
/// <param name="Owner">The Release whose contract it is.</param>
/// <param name="Migration">Name of the Migration.</param>
/// <param name="Plan">What it runs.</param>
internal sealed record DueContract(Release Owner, string Migration, PhasePlan Plan);

/// <summary>The contracts that come after a promotion: those owed by earlier releases, oldest first, and the release's own.</summary>
internal static class DueContracts
{
    public static IReadOnlyList<DueContract> Of(Pass pass, ReleaseProgress release)
    {
        var owed = pass.Status.OwedContracts
            .Select(one => pass.Snapshot.ReleaseNamed(one.Release))
            .OfType<Release>()
            .Where(owner => !HasLapsed(pass, release, owner))
            .OrderBy(owner => owner.Spec.Number)
            .Select(owner => Due(pass, owner, ObjectNames.OwedContract(owner.Metadata.Name ?? "", release.Number)));
        var own = pass.Record is { } record ? Due(pass, record, ObjectNames.Migration(release.Name, MigrationPhase.Contract)) : null;
        return [.. owed.Append(own).OfType<DueContract>()];
    }

    /// <summary>
    /// The promoted revision, or its schema, is from before the release that owes its contract: what that would remove is needed again, and the way there leads through
    /// that release's revision once more.
    /// </summary>
    private static bool HasLapsed(Pass pass, ReleaseProgress release, Release owner)
    {
        if (release.Revision == owner.Spec.Revision) return false;
        if (pass.Snapshot.Releases.Any(earlier => earlier.Spec.Number < owner.Spec.Number && earlier.Spec.Revision == release.Revision && earlier.Status?.Outcome == Outcome.Promoted)) return true;

        var key = pass.PlanInForce.Expand?.Command.Hash;
        return key is not null
            && key != PlanOf(pass, owner)?.Expand?.Command.Hash
            && pass.Snapshot.Migrations.Any(earlier => earlier.Spec.Phase == MigrationPhase.Expand && earlier.Spec.Key == key && MigrationRecords.NumberOf(earlier) < owner.Spec.Number);
    }

    private static DueContract? Due(Pass pass, Release owner, string name) => PlanOf(pass, owner)?.Contract is { } plan ? new DueContract(owner, name, plan) : null;

    private static ReleasePlan? PlanOf(Pass pass, Release owner) => PlanReader.Read(PlanSource.Of(owner, pass.Rollout)).Plan;
}
