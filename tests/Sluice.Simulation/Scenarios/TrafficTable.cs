using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What the tables of traffic are made of.</summary>
internal static class TrafficTable
{
    /// <summary>Where the traffic went after each write, with versions in place of revisions.</summary>
    public static IEnumerable<TrafficMoment> WrittenSince(ReleaseWorld world, int moment)
    {
        var versions = world.Releases.DistinctBy(release => release.Spec.Revision).ToDictionary(release => release.Spec.Revision, Version);
        return world.Traffic.Moments.Skip(moment).Select(written => written with { Stable = versions[written.Stable!], Canary = versions[written.Canary!] });
    }

    public static void UntilStep(ReleaseWorld world, int index) => world.Until(status => status.Release?.Step?.Index == index);

    public static void Abort(ReleaseWorld world)
    {
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
    }

    private static string Version(Release release) => release.Spec.Template.Spec!.Value.GetProperty("containers")[0].GetProperty("image").GetString()!.Split(':')[1];
}
