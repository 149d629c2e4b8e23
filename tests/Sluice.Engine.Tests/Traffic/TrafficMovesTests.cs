using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Traffic;

/// <summary>What is done to route and Services next, by what is seen of them; R is 10, nothing may be unavailable.</summary>
public sealed class TrafficMovesTests
{
    private const string Stable = "aaaaaaaaaa";
    private const string Canary = "cccccccccc";
    private const string Older = "bbbbbbbbbb";

    [Theory]

    // Up: the canary's Service first, while it gets nothing; then the weight, once enough of its pods are ready behind it.
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 a", 0, "c")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 0", "a=10 a", 0, "")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2, older 3", "a=10 a", 0, "c")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 c=1", 0, "")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 1", "a=10 c=2", 0, "")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 c=2", 0, "20%")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 c=2", 20, "")]
    [InlineData(Stage.Stepping, 1, "stable 10, canary 1", "a=10 c=1", 0, "1%")]
    [InlineData(Stage.Promoting, 100, "stable 10, canary 9", "a=10 c=9", 50, "")]
    [InlineData(Stage.Promoting, 100, "stable 10, canary 10", "a=10 c=10", 50, "100%")]

    // Pods that fail: what is left keeps its share, and nothing goes to where nothing is ready.
    [InlineData(Stage.Stepping, 50, "stable 10, canary 3", "a=10 c=3", 50, "")]
    [InlineData(Stage.Stepping, 50, "stable 10, canary 0", "a=10 c=0", 50, "0%")]
    [InlineData(Stage.Stepping, 50, "stable 0, canary 0", "a=0 c=0", 50, "0%")]

    // Somebody else's changes.
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 c=2", 70, "20%")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "- c=2", 20, "a")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 -", 20, "0% c")]
    [InlineData(Stage.Stepping, 20, "stable 10, canary 2", "a=10 a=10", 20, "0%")]

    // Down: what ready stable pods can carry, all of it as soon as they are whole.
    [InlineData(Stage.Stepping, 20, "stable 10, canary 5", "a=10 c=5", 50, "20%")]
    [InlineData(Stage.RollingBack, 0, "stable 10, canary 5", "a=10 c=5", 50, "0%")]
    [InlineData(Stage.RollingBack, 0, "stable 10, canary 5", "a=10 c=5", 0, "a")]
    [InlineData(Stage.RollingBack, 0, "stable 7, canary 5", "a=7 c=5", 50, "30%")]
    [InlineData(Stage.RollingBack, 0, "stable 3, canary 5", "a=3 c=5", 50, "")]
    [InlineData(Stage.RollingBack, 0, "stable 3, canary 0", "a=3 c=0", 50, "0%")]
    [InlineData(Stage.RollingBack, 0, "stable 0, canary 10", "c=10 c=10", 0, "")]
    [InlineData(Stage.RollingBack, 0, "stable 9, canary 10", "c=10 c=10", 0, "")]
    [InlineData(Stage.RollingBack, 0, "stable 10, canary 10", "c=10 c=10", 0, "a")]
    [InlineData(Stage.RollingBack, 0, "stable 10, canary 10", "a=10 c=10", 0, "a")]
    [InlineData(Stage.RollingBack, 0, "stable 2, canary 0", "c=0 c=0", 0, "a")]

    // A promoted revision: the stable Service follows while everything still comes by the canary's, and then the weight goes back.
    [InlineData(Stage.Soaking, 0, "stable 10, canary 10", "a=10 c=10", 100, "c")]
    [InlineData(Stage.Soaking, 0, "stable 10, canary 8", "a=10 c=8", 100, "")]
    [InlineData(Stage.Soaking, 0, "stable 10, canary 10", "c=4 c=10", 100, "60%")]
    [InlineData(Stage.Soaking, 0, "stable 10, canary 10", "c=10 c=10", 100, "0%")]
    [InlineData(Stage.Soaking, 0, "stable 10, canary 10", "c=10 c=10", 0, "")]
    public void One_move_at_a_time_and_none_to_where_nothing_is_ready(Stage stage, int wanted, string pods, string services, int weight, string moves)
    {
        var pass = Given(stage, wanted, pods, services, weight);

        string.Join(' ', pass.Traffic.Effects.Select(Text)).ShouldBe(moves);
    }

    [Theory]
    [InlineData(1, 0, 0, true)]
    [InlineData(100, 0, 0, true)]
    [InlineData(0, 0, 0, false)]
    [InlineData(4, 1, 20, true)]
    [InlineData(80, 20, 20, true)]
    [InlineData(81, 20, 20, false)]
    [InlineData(null, null, 50, true)]
    [InlineData(0, 3, 100, true)]
    public void Weights_are_compared_as_shares(int? stable, int? canary, int percent, bool isAt) => new RouteSplit("/a", stable, "/b", canary).IsAt(percent).ShouldBe(isAt);

    [Theory]
    [InlineData(999, 1, 1)]
    [InlineData(1, 999, 99)]
    [InlineData(1, 0, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 100)]
    [InlineData(-3, 1, 100)]
    public void Any_traffic_at_all_counts_as_some(int stable, int canary, int percent) => new RouteSplit("/a", stable, "/b", canary).Percent.ShouldBe(percent);

    [Fact]
    public void Only_what_is_above_comes_down_while_stable_cannot_carry_it_all()
    {
        var pass = Given(Stage.RollingBack, 0, "stable 7, canary 5", "a=7 c=5", 50, new RouteSplit("/1", 90, "/2", 10));

        pass.Traffic.Effects.ShouldHaveSingleItem().ShouldBeOfType<Effect.SetWeight>().Splits.ShouldHaveSingleItem().StablePath.ShouldBe("/spec/rules/0/backendRefs/0");
    }

    [Fact]
    public void Nothing_rises_in_a_promotion_that_is_paused()
    {
        var pass = Given(Stage.Promoting, 100, "stable 10, canary 10", "a=10 c=10", 50, isPaused: true);

        pass.Traffic.Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("payments", 1)]
    public void Two_subsets_of_one_object_are_written_one_after_the_other(string? destinationRule, int writes)
    {
        ObservedSide Former(string name) => new() { Side = new TrafficSide(name, destinationRule), ResourceVersion = "1", Revision = Stable, ReadyPods = [] };
        var rollout = Tests.Given.Rollout("{}") with { Status = new RolloutStatus { Stable = new StableStatus { Revision = Stable } } };
        var snapshot = Tests.Given.Snapshot(rollout, [Tests.Given.Set(Stable, 10)], []) with { FormerSides = [Former("stable"), Former("canary")] };

        Pass.Of(snapshot, Tests.Given.Now).Traffic.Effects.Count.ShouldBe(writes);
    }

    private static Pass Given(Stage stage, int wanted, string pods, string services, int weight, RouteSplit? other = null, bool isPaused = false)
    {
        var rollout = Tests.Given.Rollout($$$"""
            {"paused": {{{(isPaused ? "true" : "false")}}}, "strategy": {"canary": {"traffic": {"gatewayAPI": {"httpRoute": "payments", "stableService": "payments", "canaryService": "payments-canary"} } } } }
            """);
        var isSoaking = stage == Stage.Soaking;
        var status = new RolloutStatus
        {
            Stable = new StableStatus { Revision = isSoaking ? Canary : Stable },
            Canary = isSoaking ? null : new CanaryStatus { Revision = Canary, Weight = wanted },
            Release = new ReleaseProgress
            {
                Name = "payments-2",
                Number = 2,
                Revision = Canary,
                PreviousRevision = Stable,
                Stage = stage,
                Step = stage == Stage.Stepping ? new StepStatus { Index = 0, Of = 3, Kind = StepKind.SetWeight } : null,
            },
        };
        var sets = pods.Split(", ").Select(side => side.Split(' ')).Select(side => Tests.Given.Set(side[0] switch { "stable" => Stable, "canary" => Canary, _ => Older }, int.Parse(side[1], System.Globalization.CultureInfo.InvariantCulture)));
        var split = new RouteSplit("/spec/rules/0/backendRefs/0", 100 - weight, "/spec/rules/0/backendRefs/1", weight);
        var snapshot = Tests.Given.Snapshot(rollout with { Status = status }, [.. sets], [Tests.Given.Release(rollout, 2, Canary, outcome: null)]) with
        {
            Traffic = new ObservedTraffic
            {
                Route = new ObservedRoute { Name = "HTTPRoute payments", ResourceVersion = "1", Splits = other is null ? [split] : [split, other] },
                Stable = Service("payments", services.Split(' ')[0]),
                Canary = Service("payments-canary", services.Split(' ')[1]),
            },
        };
        return Pass.Of(snapshot, Tests.Given.Now);
    }

    /// <summary><c>a=3</c>: selects revision a, three ready pods behind it; <c>a</c> alone: ten; <c>-</c>: selects none.</summary>
    private static ObservedSide Service(string name, string text)
    {
        var revision = text[0] switch { 'a' => Stable, 'c' => Canary, _ => null };
        var ready = text.Contains('=', StringComparison.Ordinal) ? int.Parse(text[2..], System.Globalization.CultureInfo.InvariantCulture) : revision is null ? 0 : 10;
        return new ObservedSide
        {
            Side = new TrafficSide(name),
            ResourceVersion = "1",
            Revision = revision,
            ReadyPods = [.. Enumerable.Range(0, ready).Select(number => $"{ObjectNames.ReplicaSet("payments", revision ?? "")}-{number}")],
        };
    }

    private static string Text(Effect effect) => effect switch
    {
        Effect.SetWeight weight => $"{weight.Weight}%",
        Effect.SelectRevision { Revision: { } revision } => $"{revision[0]}",
        _ => effect.ToString(),
    };
}
