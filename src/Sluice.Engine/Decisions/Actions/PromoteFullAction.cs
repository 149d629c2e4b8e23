using Sluice.Api;
using Sluice.Engine.Releases;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>PromoteFull: the steps that are left are skipped; the migration, surge, availability and the soak are not.</summary>
internal static class PromoteFullAction
{
    public static Ruling Rule(Petition petition)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();

        var analysis = Advance.Look(petition, release);
        if (Advance.Objection(petition, release, analysis) is { } objection) return objection;
        if (release.Stage is Stage.Promoting or Stage.Soaking) return Ruling.Late($"release {release.Name} is in {release.Stage}: no step is left to skip");
        if (release.Stage == Stage.Expanding || (release.Stage == Stage.Pending && petition.Plan.Expand is not null))
        {
            return Ruling.Refused($"the migration of release {release.Name} is not done, which no Decision skips");
        }

        var message = petition.Tell("promoted in full");
        return petition.Apply(
            StageViews.Moved(petition.Pass, Transitions.EnterStep(petition.Pass, petition.Plan, analysis.JudgedOf(release), petition.Plan.Steps.Count, "PromotedInFull", message)), message);
    }
}
