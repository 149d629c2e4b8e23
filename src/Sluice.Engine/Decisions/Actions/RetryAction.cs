using Sluice.Api;
using Sluice.Engine.Releases;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Retry: a revision that is held is released again, from its first step, as a new Release; where none is, a contract or an undo that failed is run again.</summary>
internal static class RetryAction
{
    public static Ruling Rule(Petition petition)
    {
        var pass = petition.Pass;
        if (petition.Flight is { } release) return Ruling.Refused($"release {release.Name} is in flight ({release.Stage}): abort it first, or wait for its end");
        if (petition.Last is not { } last) return petition.NoFlight();
        if (pass.Errors.Count > 0) return Ruling.Refused($"the spec is invalid: {Idle.Describe(pass.Errors)}");

        var message = petition.Tell("retried") + petition.PauseBefore(pass.SpecRevision);
        if (last.Held && last.Revision == pass.DesiredRevision && IsMeant(petition, last.Revision))
        {
            return petition.Apply(pass.Status with { LastRelease = last with { Held = false, Retry = petition.Record } }, message);
        }

        if (pass.Hold is { } hold && IsMeant(petition, hold.HeldRevision))
        {
            // Should that revision have failed before it was gone back from, it is not to be held for that either.
            var asked = petition.Record with { Subject = $"{Subjects.Revision}{hold.HeldRevision}" };
            var free = last with { Held = last.Held && last.Revision != hold.HeldRevision, Retry = asked };
            return petition.Apply(pass.Status with { RolledBackTo = null, LastRelease = free }, message);
        }

        if (Reopening.Failed(pass) is { } failed && IsMeant(petition, last.Revision))
        {
            return Reopening.Objection(pass, failed) is { } objection ? Ruling.Refused(objection) : petition.Apply(Reopening.Begin(pass, failed, message), $"{message}: {failed.Metadata.Name}");
        }

        return Ruling.Refused($"no revision is held: release {last.Name} has ended as {last.Outcome}");
    }

    private static bool IsMeant(Petition petition, string revision) => petition.Spec.Revision is null || petition.Spec.Revision == revision;
}
