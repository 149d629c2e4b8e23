using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>The contracts that come after a promotion: those owed by earlier releases, oldest first, and the release's own.</summary>
internal static class DueContracts
{
    public static IReadOnlyList<DueContract> Of(Pass pass, ReleaseProgress release)
    {
        if (Reopening.IsOne(pass, release)) return Reopening.Due(pass, release);

        var owed = pass.Status.OwedContracts
            .Where(one => !one.Dropped && !OwedContracts.IsSettled(pass, one) && !HasLapsed(pass, release, one))
            .OrderBy(one => one.Number)
            .Select(one => OwedContracts.RequestOf(pass, one.Release) is { } spec ? new DueContract(ObjectNames.OwedContract(one.Release, release.Number), spec) : null);
        var own = pass.Record is not null && pass.ReleasePlan?.Contract is { } plan
            ? new DueContract(ObjectNames.Migration(release.Name, MigrationPhase.Contract), MigrationRequest.Of(pass, release.Name, release.Revision, plan))
            : null;
        return [.. owed.Append(own).OfType<DueContract>()];
    }

    /// <summary>Those that are owed no more because of what is promoted now, until a Migration says so.</summary>
    public static IReadOnlyList<OwedContract> Dropped(Pass pass, ReleaseProgress release) =>
    [
        .. pass.Status.OwedContracts
            .Where(one => one.Dropped || (!OwedContracts.IsSettled(pass, one) && HasLapsed(pass, release, one)))
            .Select(one => one.Dropped ? one : one with { Dropped = true, Message = $"release {release.Number} has promoted revision {release.Revision}, from before it" }),
    ];

    private static bool HasLapsed(Pass pass, ReleaseProgress release, OwedContract owed) =>
        OwedContracts.RequestOf(pass, owed.Release) is { } contract && OwedContracts.HasLapsed(pass, contract, release.Revision, pass.PlanInForce.Expand?.Command.Hash);
}
