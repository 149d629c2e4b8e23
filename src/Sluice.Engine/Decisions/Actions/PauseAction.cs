using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Pause: no step advances and no release starts, until a Resume. A failing metric still rolls back, and so does an Abort.</summary>
internal static class PauseAction
{
    public static Ruling Rule(Petition petition)
    {
        var pass = petition.Pass;
        if (pass.Status.PausedBy is { } pause) return Ruling.Refused($"it is paused already, by {pause.By}");
        if (petition.Flight is null && petition.Last is { } last && petition.CreatedAt <= last.FinishedAt) return petition.NoFlight();

        var message = petition.Tell("paused");
        var status = pass.Status with { PausedBy = petition.Record };
        if (petition.Flight is not { } release) return petition.Apply(status, message);
        if (Advance.Ending(release) is { } late) return late;

        return petition.Note(status, release, Transitions.Place(release), "Paused", Reasons.Paused, message);
    }
}
