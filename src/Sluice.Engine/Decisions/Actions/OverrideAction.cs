using Sluice.Api;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Override: passes what blocks, against the rules and on record: a gate, or a migration whose end nobody saw.</summary>
internal static class OverrideAction
{
    public static Ruling Rule(Petition petition)
    {
        var subject = petition.Spec.Subject!;
        if (subject.StartsWith(Subjects.Gate, StringComparison.Ordinal)) return GateAction.Override(petition, subject[Subjects.Gate.Length..]);
        if (subject.StartsWith(Subjects.Migration, StringComparison.Ordinal)) return Declare(petition, subject[Subjects.Migration.Length..]);

        return Ruling.Refused($"'{subject}' cannot be overridden: {Subjects.Gate}NAME and {Subjects.Migration}NAME can");
    }

    /// <summary>Nothing changes here: the Migration's own reconciler takes the person's word, which is found in the Decision once it is answered.</summary>
    private static Ruling Declare(Petition petition, string name)
    {
        var pass = petition.Pass;
        if (pass.Snapshot.Migrations.FirstOrDefault(candidate => candidate.Metadata.Name == name) is not { } migration)
        {
            return Ruling.Refused($"there is no Migration {name} of {pass.Name}");
        }

        var state = migration.Status?.State;
        if (state != MigrationState.Unknown) return Ruling.Refused($"Migration {name} is {state?.ToString() ?? "not begun"}: only one that is Unknown can be declared done");
        if (migration.Spec.Release != petition.CurrentRelease) return Ruling.Superseded($"Migration {name} is of release {migration.Spec.Release}; the present one is {petition.CurrentRelease}");

        return petition.Apply(pass.Status, petition.Tell($"Migration {name} declared done"));
    }
}
