using Sluice.Api;

namespace Sluice.Engine.Migrations;

/// <summary>The last state of a Migration, with why.</summary>
internal static class MigrationEnd
{
    public static MigrationDecision.Transition Superseded(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => Finish(
        status,
        MigrationState.Superseded,
        Reasons.Superseded,
        snapshot.Migration.Spec.Phase == MigrationPhase.Contract
            ? "its release does not wait for it any more, and it had not begun: what is owed runs as a Migration of its own after a later promotion"
            : "its release does not wait for it any more, and it had not begun",
        now);

    public static MigrationDecision.Transition Finish(MigrationStatus status, MigrationState state, string reason, string message, DateTimeOffset now)
    {
        var good = state is MigrationState.Succeeded or MigrationState.Skipped or MigrationState.Superseded or MigrationState.Undone;
        return new MigrationDecision.Transition(
            status with { State = state, Reason = reason, Message = StatusText.Shorten(message), FinishedAt = now },
            [new Announcement(!good, state is MigrationState.Succeeded ? Reasons.MigrationSucceeded : reason, "Migrate", message)]);
    }
}
