using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Releases;

public sealed class HistoryTests
{
    private static readonly Rollout Rollout = Given.Rollout("""{"revisionHistoryLimit": 1, "releaseHistoryLimit": 2}""");

    private static readonly string Revision = Engine.Plans.Revision.Of(Engine.Plans.PlanSource.Of(Rollout)).Name;

    [Fact]
    public void What_is_too_old_goes_and_what_the_way_back_needs_stays()
    {
        var status = new RolloutStatus { Stable = new StableStatus { Revision = Revision }, LastRelease = new LastRelease { Name = "payments-9", Revision = "9999999999", Outcome = Outcome.Superseded } };
        var releases = Enumerable.Range(1, 9).Select(number => Given.Release(number == 3 ? Rollout : Given.Rollout("""{"template": {"metadata": {"labels": {"number": "N"}}}}""".Replace("N", $"{number}", StringComparison.Ordinal)), number, number == 3 ? Revision : $"{number}{number}{number}0000000", number == 3 ? Outcome.Promoted : Outcome.Superseded));
        var sets = new[]
        {
            Given.Set(Revision, 10),
            Given.Set("1110000000", 0) with { CreatedAt = Given.Now.AddDays(-9) },
            Given.Set("2220000000", 0) with { CreatedAt = Given.Now.AddDays(-8) },
            Given.Set("4440000000", 0) with { CreatedAt = Given.Now.AddDays(-7), Pods = 1 },
        };

        var effects = RolloutEngine.Decide(Given.Snapshot(Rollout with { Status = status }, sets, [.. releases]), Given.Now).ShouldBeOfType<Decision.Act>().Effects;

        effects.OfType<Effect.DeleteReplicaSet>().Select(effect => effect.Name).ShouldBe(["payments-1110000000"], "the newest that is empty stays, and one with pods is not touched");
        effects.OfType<Effect.DeleteRelease>().Select(effect => effect.Name).ShouldBe(["payments-8", "payments-7", "payments-6", "payments-5", "payments-4", "payments-2", "payments-1"]);
    }
}
