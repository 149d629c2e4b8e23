using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Resume: takes a Pause back. What the spec says stays the spec's.</summary>
internal static class ResumeAction
{
    public static Ruling Rule(Petition petition)
    {
        var pass = petition.Pass;
        var inSpec = pass.Rollout.Spec.Paused;
        if (pass.Status.PausedBy is null) return Ruling.Refused(inSpec ? "no Pause is in force: spec.paused is set, clear it where it was set" : "nothing is paused");

        var message = petition.Tell("resumed") + (inSpec ? "; spec.paused is still set" : "");
        var status = pass.Status with { PausedBy = null };
        return petition.Flight is { } release
            ? petition.Note(status, release, "Paused", Transitions.Place(release), "Resumed", message)
            : petition.Apply(status, message);
    }
}
