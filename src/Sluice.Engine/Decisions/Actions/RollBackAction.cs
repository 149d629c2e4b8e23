using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>
/// RollBack: from now on the revision of an earlier Release is the one to run, though the spec asks for another, which is held. What follows is what follows
/// from a change of the spec: a release in flight is taken back, and the earlier revision is released by the present plan, unless it is stable already.
/// </summary>
internal static class RollBackAction
{
    public static Ruling Rule(Petition petition)
    {
        var (pass, name) = (petition.Pass, petition.Spec.ToRelease);
        if (pass.Errors.Count > 0) return Ruling.Refused($"the spec is invalid: {Idle.Describe(pass.Errors)}");
        if (pass.Snapshot.ReleaseNamed(name) is not { } target) return Ruling.Refused($"there is no Release {name} of {pass.Name}");
        if (target.Status?.Outcome != Outcome.Promoted) return Ruling.Refused($"{name} was never promoted: it {(target.Status?.Outcome is { } outcome ? $"ended as {outcome}" : "is in flight")}");

        var revision = target.Spec.Revision;
        if (pass.DesiredRevision == revision) return Ruling.Refused($"revision {revision} of {name} {(pass.StableRevision == revision ? "is stable already" : "is asked for already")}");

        if (SchemaFloor.Bars(pass, revision)) return Ruling.Refused($"revision {revision} of {name} is below the schema floor, release {SchemaFloor.Of(pass)}: an Override of {Subjects.Floor}{revision} must come first");

        var source = PlanSource.Of(pass.Rollout, pass.SpecAnalysis) with { Template = target.Spec.Template, Migration = target.Spec.Migration };
        if (PlanReader.Read(source).Errors is { Count: > 0 } errors) return Ruling.Refused($"{name} does not go with the present spec: {Idle.Describe(errors)}");

        var status = pass.Status with
        {
            RolledBackTo = revision == pass.SpecRevision
                ? null
                : new RollBackHold { Release = target.Metadata.Name ?? "", Revision = revision, HeldRevision = pass.SpecRevision, Decision = petition.Record },
            LastRelease = petition.Last is { } last && last.Revision == revision ? last with { Held = false } : petition.Last,
        };
        return petition.Apply(status, petition.Tell($"gone back to {name}, revision {revision},") + petition.PauseBefore(revision));
    }
}
