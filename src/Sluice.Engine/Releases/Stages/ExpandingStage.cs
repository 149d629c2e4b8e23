using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Expanding: the migration runs under its own reconciler, before any pod of the new revision exists.</summary>
internal static class ExpandingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var plan = pass.PlanInForce;
        if (Interruption.IsOvertaken(pass, release) is { } outcome) return Transitions.Finish(pass, release, outcome, outcome.ToString(), Interruption.Overtaken(pass, outcome));
        if (plan.Expand is not { } expand)
        {
            // Without its Release and without a valid spec nobody knows whether there is a migration.
            return pass.IsHeld
                ? Waiting.Held(pass, release, AnalysisLook.Nothing, [])
                : StageViews.Moved(pass, Transitions.AfterExpand(pass, plan, release, Reasons.Progressing, "no migration to run"));
        }

        // Migrations take their time: stable is scaled and kept up meanwhile.
        var stable = Workload.OfStable(pass, plan, release.PreviousRevision);
        var name = ObjectNames.Migration(release.Name, MigrationPhase.Expand);
        var migration = pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == name);
        if (migration is null)
        {
            return pass.IsHeld
                ? Waiting.Held(pass, release, AnalysisLook.Nothing, stable)
                : Waiting.Act(pass, release, AnalysisLook.Nothing, [new Effect.CreateMigration(name, MigrationRequest.Of(pass, release.Name, release.Revision, expand)), .. stable], Outlook("asking for the migration"), until: null, isProgress: false);
        }

        if (migration.Spec.Release != release.Name || migration.Spec.Key != expand.Command.Hash)
        {
            return Transitions.Finish(pass, release, Outcome.Failed, Reasons.MigrationFailed, $"a Migration {name} exists that is not of this release: delete or rename it");
        }

        var told = release with { Reason = null, Message = null, Migration = new ReleaseMigrations { Expand = MigrationRequest.ProgressOf(migration) } };
        var state = migration.Status?.State;
        if (state is MigrationState.Succeeded or MigrationState.Skipped)
        {
            if (pass.IsHeld) return Waiting.Held(pass, told, AnalysisLook.Nothing, stable);
            if (ContractGate.Wait(pass, plan, told) is { } wait) return wait;

            var advanced = Transitions.AfterExpand(pass, plan, told, "Migrated", $"migration {name}: {migration.Status?.Message ?? "done"}");
            return StageViews.Moved(pass, advanced);
        }

        if (MigrationEngine.IsTerminal(state))
        {
            var why = $"migration {name} ended as {state}: {migration.Status?.Message}";
            return Transitions.Finish(pass, told, Outcome.Failed, state == MigrationState.Unknown ? Reasons.MigrationUnknown : Reasons.MigrationFailed, why);
        }

        return Waiting.Act(pass, told, AnalysisLook.Nothing, stable, Outlook($"migration {name}: {migration.Status?.Message ?? "not started yet"}"), until: null, isProgress: false);
    }

    private static Outlook Outlook(string message) => new(Phase.Progressing, Reasons.Migrating, message);
}
