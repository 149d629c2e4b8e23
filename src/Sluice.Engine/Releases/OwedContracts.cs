using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>
/// Contracts that are owed. The status says which; a Migration that never begins keeps each of them, and says when it is dropped, for as long as Migrations are kept: so
/// they are known again when the status is lost, and when the Rollout, and its Releases with it, is deleted and made again.
/// </summary>
internal static class OwedContracts
{
    /// <summary>What the committed status calls for and no Migration says yet.</summary>
    public static IEnumerable<Effect> ToRecord(Pass pass)
    {
        foreach (var owed in pass.Status.OwedContracts.Where(owed => !IsRecorded(pass, owed)))
        {
            if (RequestOf(pass, owed.Release) is not { } spec) continue;

            yield return owed.Dropped
                ? new Effect.CreateMigration(ObjectNames.DroppedContract(owed.Release), spec with { Dropped = true })
                : new Effect.CreateMigration(ObjectNames.Migration(owed.Release, MigrationPhase.Contract), spec);
        }
    }

    /// <summary>Those of a status that are still to be kept in it: not what is settled, nor what is dropped once that is on record, or nobody knows any more what it would run.</summary>
    public static IReadOnlyList<OwedContract> Open(Pass pass, IReadOnlyList<OwedContract> owed) =>
        owed.Count == 0 ? owed : [.. owed.Where(one => one.Dropped ? !IsRecorded(pass, one) && RequestOf(pass, one.Release) is not null : !IsSettled(pass, one))];

    /// <summary>
    /// Those that Migrations and Releases tell of, oldest first, where no status does. A Release without any Migration of its contract counts if it was promoted;
    /// what a later promotion has made void is dropped.
    /// </summary>
    public static IReadOnlyList<OwedContract> Recalled(Pass pass)
    {
        var kept = pass.Snapshot.Migrations
            .Where(migration => migration.Spec.Phase == MigrationPhase.Contract)
            .GroupBy(migration => migration.Spec.Release)
            .Where(tries => !tries.Any(migration => migration.Spec.Dropped || MigrationRecords.IsSettled(migration)))
            .Select(tries => (Release: tries.Key, By: $"Migration {tries.First().Metadata.Name}"));
        var promoted = pass.Snapshot.Releases
            .Where(release => release is { Status.Outcome: Outcome.Promoted, Spec.Migration.Contract: not null } && !MigrationRecords.HasContract(pass.Snapshot.Migrations, release))
            .Select(release => (Release: release.Metadata.Name ?? "", By: $"Release {release.Metadata.Name}"));
        var recalled = kept.Concat(promoted).Select(one => new OwedContract
        {
            Release = one.Release,
            Number = ObjectNames.NumberIn(one.Release),
            Dropped = HasLapsedSince(pass, one.Release),
            Message = StatusText.Shorten($"read back from {one.By}", StatusText.MaxEntryLength),
        });
        return [.. recalled.OrderBy(one => one.Number).TakeLast(RolloutStatus.MaxOwedContracts)];
    }

    /// <summary>Whether a contract that is owed has been run since, or was found done.</summary>
    public static bool IsSettled(Pass pass, OwedContract owed) => MigrationRecords.ContractsOf(pass.Snapshot.Migrations, owed.Release).Any(MigrationRecords.IsSettled);

    /// <summary>What a release's contract would run now, by the Migration that keeps it, or else by its Release; null where neither is left.</summary>
    public static MigrationSpec? RequestOf(Pass pass, string release)
    {
        if (MigrationRecords.ContractsOf(pass.Snapshot.Migrations, release).FirstOrDefault() is { Spec: var kept })
        {
            return kept with { Dropped = false, Epoch = MigrationRecords.EpochOf(pass.Snapshot.Migrations, MigrationPhase.Contract, kept.Key) };
        }

        return pass.Snapshot.ReleaseNamed(release) is { } owner && PlanOf(pass, owner)?.Contract is { } plan ? MigrationRequest.Of(pass, release, owner.Spec.Revision, plan) : null;
    }

    /// <summary>
    /// The promoted revision, or its schema, is from before the release whose contract it is: what that would remove is needed again, and the way there leads through that
    /// release's revision once more.
    /// </summary>
    /// <param name="pass">The present look.</param>
    /// <param name="contract">What is owed.</param>
    /// <param name="revision">The promoted revision.</param>
    /// <param name="expand">Key of its expand migration; null without one.</param>
    public static bool HasLapsed(Pass pass, MigrationSpec contract, string revision, string? expand)
    {
        if (revision == contract.Revision) return false;
        if (contract.Predecessors.Contains(revision)) return true;

        var number = ObjectNames.NumberIn(contract.Release);
        if (pass.Snapshot.Releases.Any(earlier => earlier.Spec.Number < number && earlier.Spec.Revision == revision && earlier.Status?.Outcome == Outcome.Promoted)) return true;

        return expand is not null
            && expand != ExpandOf(pass, contract.Release)
            && pass.Snapshot.Migrations.Any(earlier => earlier.Spec.Phase == MigrationPhase.Expand && earlier.Spec.Key == expand && MigrationRecords.NumberOf(earlier) < number);
    }

    private static bool HasLapsedSince(Pass pass, string release) => RequestOf(pass, release) is { } contract && pass.Snapshot.Releases.Any(later =>
        later.Spec.Number > ObjectNames.NumberIn(release)
        && later.Status?.Outcome == Outcome.Promoted
        && HasLapsed(pass, contract, later.Spec.Revision, PlanOf(pass, later)?.Expand?.Command.Hash));

    private static bool IsRecorded(Pass pass, OwedContract owed) => MigrationRecords.ContractsOf(pass.Snapshot.Migrations, owed.Release).Any(migration => migration.Spec.Dropped || !owed.Dropped);

    private static string? ExpandOf(Pass pass, string release) =>
        pass.Snapshot.Migrations.FirstOrDefault(migration => migration.Spec.Phase == MigrationPhase.Expand && migration.Spec.Release == release)?.Spec.Key
        ?? (pass.Snapshot.ReleaseNamed(release) is { } record ? PlanOf(pass, record)?.Expand?.Command.Hash : null);

    private static ReleasePlan? PlanOf(Pass pass, Release owner) => PlanReader.Read(PlanSource.Of(owner, pass.Rollout)).Plan;
}
