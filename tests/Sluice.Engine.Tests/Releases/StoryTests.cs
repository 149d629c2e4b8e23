using System.Globalization;
using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Releases;

public sealed class StoryTests
{
    private static readonly Rollout Rollout = Given.Rollout("""{"migration": null, "analysis": null, "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {"duration": "1m"}}, {"setWeight": 50}]}}}""");

    private static readonly string Revision = Engine.Plans.Revision.Of(Engine.Plans.PlanSource.Of(Rollout)).Name;

    [Fact]
    public void A_timeline_that_is_nearly_full_is_recorded_before_it_goes_on() =>
        Decide(Given.Release(Rollout, 2, Revision, outcome: null)).OfType<Effect.RecordStory>().ShouldHaveSingleItem().Timeline.Count.ShouldBe(ReleaseProgress.MaxTimeline);

    /// <summary>The cache keeps no timeline of a Release that has ended, so one that is written from it would take the place of the whole story.</summary>
    [Fact]
    public void The_story_of_a_release_that_has_ended_is_not_written_again_by_one_who_has_not_seen_its_end() =>
        Decide(Given.Release(Rollout, 2, Revision, Outcome.Promoted)).OfType<Effect.RecordStory>().ShouldBeEmpty();

    /// <summary>A pause of a minute is over: the next step is due.</summary>
    private static IReadOnlyList<Effect> Decide(Release record)
    {
        var release = new ReleaseProgress
        {
            Name = record.Metadata.Name!,
            Number = 2,
            Revision = Revision,
            PreviousRevision = "1111111111",
            Stage = Stage.Stepping,
            Step = new StepStatus { Index = 1, Of = 3, Kind = StepKind.Pause, StartedAt = Given.Now.AddMinutes(-2), Deadline = Given.Now.AddMinutes(-1) },
            StageStartedAt = Given.Now.AddMinutes(-5),
            Timeline = [.. Enumerable.Range(1, ReleaseProgress.MaxTimeline).Select(Entry)],
        };
        var status = new RolloutStatus { Stable = new StableStatus { Revision = "1111111111" }, Canary = new CanaryStatus { Revision = Revision, Weight = 20 }, Release = release };
        var decision = RolloutEngine.Decide(Given.Snapshot(Rollout with { Status = status }, [Given.Set("1111111111", 8), Given.Set(Revision, 2)], [record]), Given.Now);
        return decision switch { Decision.Act act => act.Effects, _ => [] };
    }

    private static TimelineEntry Entry(int number) => new() { At = Given.Now.AddMinutes(number - 60), Actor = "sluice", Reason = string.Create(CultureInfo.InvariantCulture, $"Entry{number}") };
}
