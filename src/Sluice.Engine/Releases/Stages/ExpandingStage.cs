using Sluice.Api;
using Sluice.Api.Values;
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
        var name = ObjectNames.ExpandMigration(release.Name);
        var migration = pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == name);
        if (migration is null)
        {
            return pass.IsHeld
                ? Waiting.Held(pass, release, AnalysisLook.Nothing, stable)
                : Waiting.Act(pass, release, AnalysisLook.Nothing, [new Effect.CreateMigration(name, SpecOf(pass, release, expand)), .. stable], Outlook("asking for the migration"), until: null, isProgress: false);
        }

        if (migration.Spec.Release != release.Name || migration.Spec.Key != expand.Command.Hash)
        {
            return Transitions.Finish(pass, release, Outcome.Failed, Reasons.MigrationFailed, $"a Migration {name} exists that is not of this release: delete or rename it");
        }

        var told = release with { Reason = null, Message = null, Migration = new ReleaseMigrations { Expand = ProgressOf(migration) } };
        var state = migration.Status?.State;
        if (state is MigrationState.Succeeded or MigrationState.Skipped)
        {
            if (pass.IsHeld) return Waiting.Held(pass, told, AnalysisLook.Nothing, stable);

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

    private static MigrationProgress ProgressOf(Migration migration) => new()
    {
        State = migration.Status?.State,
        Migration = migration.Metadata.Name,
        Attempt = migration.Status?.Attempt ?? 0,
        StartedAt = migration.Status?.StartedAt,
        FinishedAt = migration.Status?.FinishedAt,
    };

    private static MigrationSpec SpecOf(Pass pass, ReleaseProgress release, ExpandPlan expand)
    {
        var source = pass.Record?.Spec.Migration ?? pass.Rollout.Spec.Migration ?? new RolloutMigration();
        return new MigrationSpec(expand.Retries, source.Expand.LogTail)
        {
            Rollout = pass.Name,
            Release = release.Name,
            Phase = MigrationPhase.Expand,
            Lock = expand.Lock,
            LockTimeout = GoDuration.Format(expand.LockTimeout),
            Key = expand.Command.Hash,
            ServiceAccountName = source.ServiceAccountName,
            Image = expand.Command.Image,
            Annotations = expand.Annotations,
            ImagePullSecrets = expand.ImagePullSecrets,
            Env = expand.Command.Env,
            EnvFrom = expand.Command.EnvFrom,
            Command = expand.Command.Command,
            Args = expand.Command.Args,
            Verify = source.Expand.Verify,
            Timeout = GoDuration.Format(expand.Timeout),
            Idempotent = source.Expand.Idempotent,
            CancelPolicy = source.CancelPolicy,
        };
    }
}
