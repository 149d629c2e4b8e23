using Sluice.Api;
using Sluice.Engine.Releases;

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

        return Advance.ToStep(petition, release, analysis, petition.Plan.Steps.Count, "PromotedInFull", petition.Tell("promoted in full"));
    }
}
