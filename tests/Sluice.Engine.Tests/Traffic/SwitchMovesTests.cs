using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Traffic;

/// <summary>What is done to the active and the preview Service next, by what is seen of them; R is 10, the preview has 4 pods, nothing may be unavailable.</summary>
public sealed class SwitchMovesTests
{
    private const string Old = "aaaaaaaaaa";
    private const string New = "cccccccccc";
    private const string Older = "bbbbbbbbbb";

    [Theory]

    // The preview turns to the new revision once its pods are there; the active Service stays.
    [InlineData(Stage.Starting, "old 10, new 3", "a=10 a", "")]
    [InlineData(Stage.Starting, "old 10, new 4", "a=10 a", "preview:c")]
    [InlineData(Stage.Starting, "old 10, new 4, older 10", "a=10 a", "preview:c")]
    [InlineData(Stage.Starting, "old 10, new 4", "- -", "active:a preview:c")]
    [InlineData(Stage.Stepping, "old 10, new 4", "a=10 c=4", "")]
    [InlineData(Stage.Stepping, "old 10, new 0", "a=10 c=0", "")]
    [InlineData(Stage.Stepping, "old 0, new 4", "a=0 c=4", "")]

    // Somebody else's changes.
    [InlineData(Stage.Stepping, "old 10, new 4", "c=4 c=4", "active:a")]
    [InlineData(Stage.Stepping, "old 10, new 2", "a=10 -", "preview:c")]
    [InlineData(Stage.Stepping, "old 10, new 4", "- a=10", "active:a preview:c")]

    // The promotion: all at once, when all are there.
    [InlineData(Stage.Promoting, "old 10, new 4", "a=10 c=4", "")]
    [InlineData(Stage.Promoting, "old 10, new 9", "a=10 c=9", "")]
    [InlineData(Stage.Promoting, "old 10, new 10", "a=10 c=10", "active:c")]
    [InlineData(Stage.Promoting, "old 10, new 10", "c=10 c=10", "")]
    [InlineData(Stage.Promoting, "old 10, new 10", "c=10 a=10", "preview:c")]
    [InlineData(Stage.Promoting, "old 0, new 1", "a=0 c=1", "active:c")]
    [InlineData(Stage.Promoting, "old 10, new 9", "- c=9", "active:a")]

    // The way back, at once as long as the old pods are there.
    [InlineData(Stage.RollingBack, "old 10, new 4", "a=10 c=4", "preview:a")]
    [InlineData(Stage.RollingBack, "old 10, new 10", "c=10 c=10", "active:a")]
    [InlineData(Stage.RollingBack, "old 9, new 10", "c=10 c=10", "")]
    [InlineData(Stage.RollingBack, "old 2, new 0", "c=0 c=0", "active:a")]
    [InlineData(Stage.RollingBack, "old 10, new 10", "a=10 c=10", "preview:a")]

    [InlineData(Stage.Soaking, "old 10, new 10", "c=10 c=10", "")]
    [InlineData(Stage.Soaking, "old 10, new 10", "a=10 c=10", "active:c")]
    public void One_move_at_a_time_and_none_to_where_nothing_is_ready(Stage stage, string pods, string services, string moves)
    {
        var pass = Given(stage, pods, services);

        string.Join(' ', pass.Traffic.Effects.Select(Text)).ShouldBe(moves);
    }

    [Theory]
    [InlineData(Stage.Starting, "old 10, new 4", "a=10 c=3", false)]
    [InlineData(Stage.Starting, "old 10, new 4", "a=10 c=4", true)]
    [InlineData(Stage.Promoting, "old 10, new 10", "c=9 c=10", false)]
    [InlineData(Stage.Promoting, "old 10, new 10", "c=10 c=10", true)]
    public void A_move_is_over_when_the_endpoints_say_so(Stage stage, string pods, string services, bool isSettled)
    {
        var pass = Given(stage, pods, services);

        pass.Traffic.IsSettled.ShouldBe(isSettled);
        pass.Traffic.NextLook.ShouldBe(TimeSpan.FromSeconds(isSettled ? 15 : 1));
    }

    [Fact]
    public void The_active_Service_stays_in_a_promotion_that_is_paused()
    {
        Given(Stage.Promoting, "old 10, new 10", "a=10 c=10", isPaused: true).Traffic.Effects.ShouldBeEmpty();
        Given(Stage.Promoting, "old 10, new 10", "- c=10", isPaused: true).Traffic.Effects.Select(Text).ShouldBe(["active:a"]);
    }

    [Fact]
    public void A_pause_does_not_stop_the_way_back() =>
        Given(Stage.RollingBack, "old 10, new 10", "c=10 c=10", isPaused: true).Traffic.Effects.Select(Text).ShouldBe(["active:a"]);

    [Theory]
    [InlineData(Stage.Stepping, "a=10 c=4", 0)]
    [InlineData(Stage.Promoting, "a=10 c=10", 0)]
    [InlineData(Stage.Promoting, "c=10 c=10", 100)]
    public void The_new_revision_has_none_of_the_traffic_or_all_of_it(Stage stage, string services, int weight) => Given(stage, "old 10, new 10", services).Traffic.Weight.ShouldBe(weight);

    [Theory]
    [InlineData(Stage.Starting, "a=10 a", false)]
    [InlineData(Stage.Stepping, "a=10 c=4", true)]
    public void What_comes_to_the_preview_is_measured_at_a_weight_of_0(Stage stage, string services, bool isMeasured)
    {
        var pass = Given(stage, "old 10, new 4", services);

        var conditions = ReleaseConditions.Of(pass, pass.Status.Release!);

        (conditions.Weight, conditions.IsMeasured).ShouldBe((0, isMeasured));
    }

    [Theory]
    [InlineData(Stage.Soaking, -29, true)]
    [InlineData(Stage.Soaking, -30, false)]
    public void The_old_pods_wait_out_their_delay(Stage stage, int since, bool areKept)
    {
        var pass = Given(stage, "old 10, new 10", "c=10 c=10", traffic: new TrafficStatus { StableService = "payments", CanaryService = "payments-preview", AllStableSince = Tests.Given.Now.AddSeconds(since) });

        pass.Traffic.Keeps(Old).ShouldBe(areKept);
    }

    [Fact]
    public void The_next_release_neither_waits_for_a_delay_nor_cuts_it_short()
    {
        var since = Tests.Given.Now.AddSeconds(-10);
        var traffic = new TrafficStatus { StableService = "payments", CanaryService = "payments-preview", AllStableSince = since };
        var pass = Given(Stage.Starting, "old 10, new 4, older 10", "a=10 c=4", traffic: traffic);

        var next = pass.Traffic.StatusFor(pass.Status)!;
        next.ShouldBe(traffic with { AllStableSince = null, RetainedUntil = since.AddSeconds(30) });
        Given(Stage.Stepping, "old 10, new 4, older 10", "a=10 c=4", traffic: next).ShouldSatisfyAllConditions(
            later => later.Traffic.Keeps(Older).ShouldBeTrue(),
            later => later.Traffic.NextLook.ShouldBe(TimeSpan.FromSeconds(15)));
        Given(Stage.Stepping, "old 10, new 4, older 10", "a=10 c=4", traffic: next with { RetainedUntil = Tests.Given.Now }).Traffic.Keeps(Older).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Outcome.Promoted, 10, true)]
    [InlineData(Outcome.Promoted, 9, false)]
    [InlineData(Outcome.Promoted, 0, false)]
    [InlineData(Outcome.Aborted, 10, false)]
    [InlineData(Outcome.RolledBack, 10, false)]
    [InlineData(null, 10, false)]
    public void Only_pods_of_a_revision_that_was_promoted_come_back_without_steps(Outcome? before, int pods, bool isInstant)
    {
        var pass = Given(Stage.Pending, $"old 10, new {pods}", "a=10 a=10", before: before);

        var status = Transitions.AfterExpand(pass, pass.PlanInForce, pass.Status.Release!, "Reason", "message");

        status.Release!.Stage.ShouldBe(isInstant ? Stage.Promoting : Stage.Starting);
        status.Canary!.Weight.ShouldBe(isInstant ? 100 : 0);
    }

    [Fact]
    public void Before_the_promotion_both_sides_have_their_pods()
    {
        var pass = Given(Stage.Stepping, "old 10, new 4", "a=10 c=4");

        pass.Split(pass.PlanInForce, 0).ShouldBe(new WeightedSplit(4, 10, 0));
    }

    private static Pass Given(Stage stage, string pods, string services, bool isPaused = false, TrafficStatus? traffic = null, Outcome? before = null)
    {
        var rollout = Tests.Given.Rollout($$$"""
            {"paused": {{{(isPaused ? "true" : "false")}}}, "strategy": {"canary": null, "blueGreen": {"activeService": "payments", "previewService": "payments-preview", "previewReplicas": 4, "prePromotion": [{"analysis": {}}] } } }
            """);
        var isSoaking = stage == Stage.Soaking;
        var status = new RolloutStatus
        {
            Stable = new StableStatus { Revision = isSoaking ? New : Old },
            Canary = isSoaking ? null : new CanaryStatus { Revision = New, Weight = stage == Stage.Promoting ? 100 : 0 },
            Traffic = traffic,
            Release = new ReleaseProgress
            {
                Name = "payments-2",
                Number = 2,
                Revision = New,
                PreviousRevision = Old,
                Stage = stage,
                Step = stage == Stage.Stepping ? new StepStatus { Index = 0, Of = 1, Kind = StepKind.Analysis } : null,
            },
        };
        var sets = pods.Split(", ").Select(side => side.Split(' ')).Select(side => Tests.Given.Set(side[0] switch { "old" => Old, "new" => New, _ => Older }, Number(side[1])));
        List<Release> releases = [Tests.Given.Release(rollout, 2, New, outcome: null)];
        if (before is not null) releases.Insert(0, Tests.Given.Release(rollout, 1, New, before));
        var snapshot = Tests.Given.Snapshot(rollout with { Status = status }, [.. sets], releases) with
        {
            Traffic = new ObservedTraffic { Stable = Service("payments", services.Split(' ')[0]), Canary = Service("payments-preview", services.Split(' ')[1]) },
        };
        return Pass.Of(snapshot, Tests.Given.Now);
    }

    /// <summary><c>a=3</c>: selects revision a, three ready pods behind it; <c>a</c> alone: ten; <c>-</c>: selects none.</summary>
    private static ObservedSide Service(string name, string text)
    {
        var revision = text[0] switch { 'a' => Old, 'c' => New, _ => null };
        var ready = text.Contains('=', StringComparison.Ordinal) ? Number(text[2..]) : revision is null ? 0 : 10;
        return new ObservedSide
        {
            Side = new TrafficSide(name),
            ResourceVersion = "1",
            Revision = revision,
            ReadyPods = [.. Enumerable.Range(0, ready).Select(number => $"{ObjectNames.ReplicaSet("payments", revision ?? "")}-{number}")],
        };
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(Effect effect) => effect is Effect.SelectRevision { Revision: { } revision } select
        ? $"{(select.Side.Name == "payments" ? "active" : "preview")}:{revision[0]}"
        : effect.ToString();
}
