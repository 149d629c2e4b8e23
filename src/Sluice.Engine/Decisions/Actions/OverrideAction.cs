using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Override: passes what blocks, against the rules and on record: a gate, a migration whose end nobody saw, a lock whose holder cannot be seen to have ended, the schema floor.</summary>
internal static class OverrideAction
{
    public static Ruling Rule(Petition petition)
    {
        var subject = petition.Spec.Subject!;
        if (subject.StartsWith(Subjects.Gate, StringComparison.Ordinal)) return GateAction.Override(petition, subject[Subjects.Gate.Length..]);
        if (subject.StartsWith(Subjects.Migration, StringComparison.Ordinal)) return Declare(petition, subject[Subjects.Migration.Length..]);
        if (subject.StartsWith(Subjects.Lock, StringComparison.Ordinal)) return Free(petition, subject[Subjects.Lock.Length..]);
        if (subject.StartsWith(Subjects.Floor, StringComparison.Ordinal)) return GoBelow(petition, subject[Subjects.Floor.Length..]);

        return Ruling.Refused($"'{subject}' cannot be overridden: {Subjects.Gate}NAME, {Subjects.Migration}NAME, {Subjects.Lock}NAME and {Subjects.Floor}REVISION can");
    }

    /// <summary>
    /// Nothing changes here: the Migration's own reconciler takes the person's word, which is found in the Decision once it is answered. It may be of an earlier release: what a
    /// Retry asks for is Unknown too, as long as that one is.
    /// </summary>
    private static Ruling Declare(Petition petition, string name)
    {
        var pass = petition.Pass;
        if (pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == name) is not { } migration)
        {
            return Ruling.Refused($"there is no Migration {name} of {pass.Name}");
        }

        var state = migration.Status?.State;
        if (state != MigrationState.Unknown) return Ruling.Refused($"Migration {name} is {state?.ToString() ?? "not begun"}: only one that is Unknown can be declared done");

        return petition.Apply(pass.Status, petition.Tell($"Migration {name} declared done"));
    }

    /// <summary>As above: the holder's own reconciler no longer waits for pods that nobody can see. The Rollout must have to do with the lock.</summary>
    private static Ruling Free(Petition petition, string name)
    {
        var pass = petition.Pass;
        var isConcerned = pass.Snapshot.Migrations.Any(migration => migration.Spec.Lock == name && migration.Status is { Lock: { ReleasedAt: null } held } status
            && (held.AcquiredAt is not null || status.State == MigrationState.WaitingForLock));
        return isConcerned
            ? petition.Apply(pass.Status, petition.Tell($"no pod of the holder of lock {name} can write any more"))
            : Ruling.Refused($"no Migration of {pass.Name} holds lock {name} or waits for it");
    }

    private static Ruling GoBelow(Petition petition, string revision)
    {
        var pass = petition.Pass;
        if (!SchemaFloor.IsBelow(pass, revision)) return Ruling.Refused($"revision {revision} is not below the schema floor{(SchemaFloor.Of(pass) is { } floor ? $", release {floor}" : "")}");

        return petition.Apply(pass.Status with { FloorOverride = new FloorOverride { Revision = revision, Decision = petition.Record } }, petition.Tell($"revision {revision} may run below the schema floor"));
    }
}
