using Sluice.Api;
using Sluice.Engine.Migrations;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// Contracting: what an older revision would need is removed, once no pod of one is left. The revision is promoted, whatever becomes of this. Another revision that is
/// asked for waits for a contract that has begun, and goes before one that has not, which is then owed.
/// </summary>
internal static class ContractingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var stable = Workload.OfStable(pass, pass.PlanInForce, release.Revision);
        var due = DueContracts.Of(pass, release);
        return release.Migration?.Contract is { Migration: { } asked } progress
            ? Follow(pass, release, due, progress, asked, stable)
            : Choose(pass, release, due, stable);
    }

    /// <summary>Decides for the next contract: the status says so before it is asked for.</summary>
    private static Decision Choose(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> due, IReadOnlyList<Effect> stable)
    {
        if (due.Count == 0) return AfterPromotion.Finish(pass, release, [], "no contract is left to run");
        if (Interruption.IsOvertaken(pass, release) is not null) return Overtaken(pass, release, due);
        if (pass.IsHeld) return Waiting.Held(pass, release, AnalysisLook.Nothing, stable);

        if (OldPods(pass, release) is { } old)
        {
            release = ContractTime.Told(pass, release, due, release.Migration?.Contract?.EligibleAt ?? pass.Now);
            var waits = $"{due[0].Migration} waits until the old pods are gone{ContractTime.Until(pass, release)}: {old}";
            var isOver = pass.Now >= release.StageDeadline;
            if (isOver && (stable.Count > 0 || pass.Traffic.Effects.Count > 0) && release.Reason != Reasons.CatchingUp) return Waiting.CatchUp(pass, pass.PlanInForce, release, waits);
            if (isOver) return AfterPromotion.Owe(pass, release, due, $"old pods were left: {old}", $"promoted; {waits}") with { RestsOnMissingPods = true };
            return Waiting.Act(pass, release, AnalysisLook.Nothing, stable, new Outlook(Phase.Progressing, Reasons.Contracting, waits), release.StageDeadline, isProgress: false);
        }

        var asked = With(release, new MigrationProgress { Migration = due[0].Migration });
        return Quietly(pass, asked, $"asking for {due[0].Migration}") with { RestsOnMissingPods = true };
    }

    private static Decision Follow(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> due, MigrationProgress progress, string asked, IReadOnlyList<Effect> stable)
    {
        var contract = due.FirstOrDefault(one => one.Migration == asked);
        var migration = pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == asked);
        if (migration is null)
        {
            // Its Release was deleted, and no Migration keeps it: nobody knows any more what it would run.
            if (contract is null) return Settle(pass, release, due);
            if (Interruption.IsOvertaken(pass, release) is not null) return Overtaken(pass, release, due);
            if (pass.IsHeld) return Waiting.Held(pass, release, AnalysisLook.Nothing, stable);

            return Waiting.Act(pass, release, AnalysisLook.Nothing, [new Effect.CreateMigration(asked, contract.Spec), .. stable], Outlook($"asking for {asked}"), until: null, isProgress: false);
        }

        IReadOnlyList<DueContract> left = [.. due.Where(one => one != contract)];
        var told = With(release, MigrationRequest.ProgressOf(migration) with { Withdrawn = progress.Withdrawn });
        if (contract is not null && (migration.Spec.Phase != MigrationPhase.Contract || migration.Spec.Key != contract.Spec.Key))
        {
            return AfterPromotion.Owe(pass, release, left, $"{asked} did not run", $"promoted; a Migration {asked} exists that is not its contract: delete or rename it");
        }

        var state = migration.Status?.State;
        if (MigrationEngine.IsTerminal(state)) return Ended(pass, told, migration, due, left);

        var isOvertaken = Interruption.IsOvertaken(pass, release) is not null;
        if (state is null or MigrationState.WaitingForLock && isOvertaken != progress.Withdrawn)
        {
            return Quietly(pass, With(told, told.Migration!.Contract! with { Withdrawn = isOvertaken }), isOvertaken ? $"{asked} is not to begin: another revision is asked for" : $"{asked} may begin again");
        }

        return Waiting.Act(pass, told, AnalysisLook.Nothing, stable, Outlook($"migration {asked}: {migration.Status?.Message ?? "not started yet"}"), until: null, isProgress: false);
    }

    private static Decision.Transition Ended(Pass pass, ReleaseProgress release, Migration migration, IReadOnlyList<DueContract> due, IReadOnlyList<DueContract> left)
    {
        var (name, status) = (migration.Metadata.Name, migration.Status!);
        switch (status.State)
        {
            case MigrationState.Succeeded or MigrationState.Skipped:
                return Settle(pass, release, left);
            case MigrationState.Superseded:
                return Overtaken(pass, release, due);
            case MigrationState.TimedOut when !MigrationRecords.HasBegun(migration):
                return AfterPromotion.Owe(pass, release, due, $"{name}: {status.Message}", $"promoted; its contract did not begin: {status.Message}");
            default:
                var why = $"migration {name} ended as {status.State}: {status.Message}";
                var failed = AfterPromotion.Owe(pass, release, left, why, $"promoted; its contract failed: {why}");
                return failed with { Announcements = [.. failed.Announcements, new Announcement(IsWarning: true, ConditionTypes.ContractFailed, "Contract", StatusText.Shorten($"release {release.Number}: {why}"))] };
        }
    }

    /// <summary>One contract is done: the next one, or the end.</summary>
    private static Decision.Transition Settle(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> left)
    {
        if (left.Count == 0) return AfterPromotion.Finish(pass, release, [], "promoted, and its contract is done");

        return Quietly(pass, With(release, contract: null), $"{left[0].Migration} is next");
    }

    private static Decision.Transition Overtaken(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> due)
    {
        var why = Interruption.IsOvertaken(pass, release) is { } outcome ? Interruption.Overtaken(pass, outcome) : "another revision was asked for";
        return AfterPromotion.Owe(pass, release, due, why, $"promoted; its contract did not begin: {why}");
    }

    /// <summary>Pods of other revisions, terminating ones too; null when there are none. By the ReplicaSets: the Migration looks at all pods by itself, before it begins.</summary>
    private static string? OldPods(Pass pass, ReleaseProgress release)
    {
        var old = pass.Snapshot.ReplicaSets.FirstOrDefault(set => set.Revision != release.Revision && (set.Desired > 0 || set.Pods > 0 || set.PodList.Count > 0));
        return old is null ? pass.Adoption.Serving : $"{Math.Max(old.Pods, old.PodList.Count)} of revision {old.Revision}";
    }

    private static Decision.Transition Quietly(Pass pass, ReleaseProgress release, string message) =>
        new(StatusView.Refresh(pass, pass.Status with { Release = release }, Outlook(message)), []);

    private static ReleaseProgress With(ReleaseProgress release, MigrationProgress? contract) =>
        release with
        {
            Reason = null,
            Message = null,
            Migration = (release.Migration ?? new ReleaseMigrations()) with { Contract = (contract ?? new MigrationProgress()) with { EligibleAt = release.Migration?.Contract?.EligibleAt } },
        };

    private static Outlook Outlook(string message) => new(Phase.Progressing, Reasons.Contracting, message);
}
