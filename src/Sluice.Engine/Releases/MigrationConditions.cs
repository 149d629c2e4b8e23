using Sluice.Api;
using Sluice.Engine.Migrations;

namespace Sluice.Engine.Releases;

/// <summary>What has become of a Rollout's migrations besides the release in flight, as conditions: contracts that are owed or failed, and an undo that failed.</summary>
internal static class MigrationConditions
{
    public static IEnumerable<(string Type, string Reason, string Message)> Of(Pass pass, RolloutStatus status)
    {
        var open = status.OwedContracts.Where(one => !one.Dropped).ToList();
        if (open is [.., { } owed])
        {
            var of = string.Join(", ", open.Select(one => one.Release));
            yield return (ConditionTypes.ContractOwed, Reasons.ContractOwed, $"the contract of {of} runs after the next promotion: {owed.Message}");
        }

        if (FailedContract(pass) is { } contract) yield return (ConditionTypes.ContractFailed, contract.Status!.Reason ?? Reasons.MigrationFailed, Tell(contract));
        if (FailedUndo(pass) is { } undo) yield return (ConditionTypes.UndoFailed, undo.Status!.Reason ?? Reasons.MigrationFailed, Tell(undo));
    }

    /// <summary>The contract that has begun last, if it failed.</summary>
    public static Migration? FailedContract(Pass pass) => Newest(pass, MigrationPhase.Contract) is { } contract && MigrationRecords.HasFailed(contract) ? contract : null;

    /// <summary>The undo that was tried last, if it failed, or never had its lock, and no revision was promoted since.</summary>
    public static Migration? FailedUndo(Pass pass) =>
        Newest(pass, MigrationPhase.Undo, MigrationRecords.NeverHadItsLock) is { } undo
        && (MigrationRecords.HasFailed(undo) || MigrationRecords.NeverHadItsLock(undo))
        && !pass.Snapshot.Releases.Any(release => release.Status?.Outcome == Outcome.Promoted && release.Spec.Number > MigrationRecords.NumberOf(undo))
            ? undo
            : null;

    /// <summary>What is left half done beside a revision that runs as it should, and what a person can do about it; empty when nothing is.</summary>
    public static string Aftermath(Pass pass)
    {
        var failed = new[] { FailedContract(pass), FailedUndo(pass) }.OfType<Migration>().Select(migration => $"; {Tell(migration)}").ToList();
        return $"{string.Concat(failed)}{(Reopening.Failed(pass) is { } again && Reopening.Objection(pass, again) is null ? $"; a Retry runs it again" : "")}";
    }

    /// <summary>Of those that have begun, and of others that count as well, the one that did so last.</summary>
    private static Migration? Newest(Pass pass, MigrationPhase phase, Func<Migration, bool>? countsToo = null) => pass.Snapshot.Migrations
        .Where(migration => migration.Spec.Phase == phase && (MigrationRecords.HasBegun(migration) || countsToo?.Invoke(migration) == true))
        .MaxBy(migration => migration.Status!.StartedAt ?? migration.Status.FinishedAt);

    private static string Tell(Migration migration) => $"migration {migration.Metadata.Name} ended as {migration.Status!.State}: {migration.Status.Message}";
}
