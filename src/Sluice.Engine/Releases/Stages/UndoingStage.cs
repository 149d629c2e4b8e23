using System.Text;
using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// Undoing: pods and traffic are back at stable, and the migration of the revision that was given up is taken back, with that revision's image. How the release ends stands
/// already; an undo that fails is told, and brings no pod back.
/// </summary>
internal static class UndoingStage
{
    public static Decision.Transition Enter(Pass pass, ReleaseProgress release)
    {
        var name = ObjectNames.Migration(release.Name, MigrationPhase.Undo);
        var message = $"the pods are back at revision {release.PreviousRevision}: {name} takes the migration back";
        var asked = release with { Migration = (release.Migration ?? new ReleaseMigrations()) with { Undo = new MigrationProgress { Migration = name } } };
        var status = Transitions.Enter(pass, asked, Stage.Undoing, deadline: null, Reasons.Undoing, message);
        return Transitions.Say(pass, status, Outlook(message), isWarning: false, nameof(Stage.Undoing), "Undo", $"release {release.Number}: {message}");
    }

    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var plan = pass.PlanInForce;
        var stable = Workload.OfStable(pass, plan, release.PreviousRevision);
        var name = release.Migration?.Undo?.Migration ?? ObjectNames.Migration(release.Name, MigrationPhase.Undo);
        if (pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == name) is not { } migration) return Ask(pass, plan, release, name, stable);
        if (migration.Spec.Release != release.Name || migration.Spec.Phase != MigrationPhase.Undo) return Finish(pass, release, $"a Migration {name} exists that is not of this release: delete or rename it");

        var told = release with { Migration = release.Migration! with { Undo = MigrationRequest.ProgressOf(migration) } };
        var state = migration.Status?.State;
        if (state is MigrationState.Succeeded or MigrationState.Skipped) return Finish(pass, told, $"{name} took its migration back", isWarning: false);
        if (MigrationEngine.IsTerminal(state)) return Finish(pass, told, $"its undo {name} ended as {state}: {migration.Status?.Message}");

        return Waiting.Act(pass, told, AnalysisLook.Nothing, stable, Outlook($"migration {name}: {migration.Status?.Message ?? "not started yet"}"), until: null, isProgress: false);
    }

    private static Decision Ask(Pass pass, ReleasePlan plan, ReleaseProgress release, string name, IReadOnlyList<Effect> stable)
    {
        if (plan.Undo is not { } undo || Undoing.Of(pass, plan, release) is not { } expand) return Finish(pass, release, "nobody knows any more what its undo would run");
        if (pass.IsPaused)
        {
            var waits = new Outlook(Phase.Paused, Reasons.Paused, $"{Waiting.WhyPaused(pass)}: {name} waits");
            return Waiting.Act(pass, release, AnalysisLook.Nothing, stable, waits, until: null, isProgress: false);
        }

        var spec = MigrationRequest.Of(pass, release.Name, release.Revision, undo) with { Undoes = expand.Spec.Key, Key = KeyOf(undo, expand), Epoch = expand.Spec.Epoch };
        return Waiting.Act(pass, release, AnalysisLook.Nothing, [new Effect.CreateMigration(name, spec), .. stable], Outlook($"asking for {name}"), until: null, isProgress: false);
    }

    /// <summary>What it takes back is a part of its key: the same command that took back one expand migration has still to take back the next one.</summary>
    private static string KeyOf(PhasePlan undo, Migration expand) => CanonicalJson.ShortHash(Encoding.UTF8.GetBytes($"{undo.Command.Hash} {expand.Spec.Key}"));

    private static Decision.Transition Finish(Pass pass, ReleaseProgress release, string undone, bool isWarning = true)
    {
        var finished = Transitions.Finish(pass, release, release.Outcome ?? Outcome.RolledBack, release.Reason ?? Reasons.RolledBack, $"{release.Message ?? "rolled back"}; {undone}");
        return isWarning
            ? finished with { Announcements = [.. finished.Announcements, new Announcement(IsWarning: true, ConditionTypes.UndoFailed, "Undo", StatusText.Shorten($"release {release.Number}: {undone}"))] }
            : finished;
    }

    private static Outlook Outlook(string message) => new(Phase.RollingBack, Reasons.Undoing, message);
}
