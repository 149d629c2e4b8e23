using FsCheck;
using FsCheck.Fluent;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

public sealed class WeightedSplitTests
{
    [Theory]
    [InlineData(1, 50, 0, 1, 0)]
    [InlineData(1, 50, 1, 1, 1)]
    [InlineData(3, 50, 0, 2, 1)]
    [InlineData(3, 50, 1, 2, 2)]
    [InlineData(3, 25, 1, 1, 3)]
    [InlineData(10, 1, 1, 1, 10)]
    public void Splits_as_the_design_gives_them(int replicas, int weight, int surge, int canary, int stable) => Check(replicas, weight, surge, canary, stable);

    [Theory]
    [InlineData(0, 50, 1, 0, 0)]
    [InlineData(0, 100, 0, 0, 0)]
    [InlineData(10, 0, 1, 0, 10)]
    [InlineData(10, 100, 1, 10, 0)]
    [InlineData(10, 50, 2, 5, 5)]
    [InlineData(10, 25, 0, 3, 7)] // 2/10 and 3/10 are equally near: the larger canary
    [InlineData(10, 25, 1, 3, 8)] // 3/11 = 27.3% is nearer than 2/10, 3/10 and 2/11
    [InlineData(10, 99, 0, 9, 1)]
    [InlineData(10, 99, 1, 10, 1)]
    [InlineData(1, 49, 0, 0, 1)]
    [InlineData(1, 51, 0, 1, 0)]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 99, 5, 1, 1)]
    [InlineData(2, 1, 0, 1, 1)]
    [InlineData(2, 99, 0, 1, 1)]
    [InlineData(2, 99, 1, 2, 1)]
    [InlineData(4, 25, 0, 1, 3)]
    [InlineData(4, 25, 1, 1, 3)]
    [InlineData(5, 10, 0, 1, 4)]
    [InlineData(5, 10, 1, 1, 5)]
    [InlineData(7, 30, 0, 2, 5)]
    [InlineData(100, 33, 25, 33, 67)]
    [InlineData(1_000_000_000, 1, 1, 10_000_000, 990_000_000)]
    public void Splits_worked_by_hand(int replicas, int weight, int surge, int canary, int stable) => Check(replicas, weight, surge, canary, stable);

    [Theory]
    [InlineData(10, 25, 3, 10)]
    [InlineData(10, 1, 1, 10)]
    [InlineData(10, 0, 0, 10)]
    [InlineData(10, 100, 10, 10)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(0, 50, 0, 0)]
    public void With_a_router_stable_stays_whole_and_the_canary_gets_its_share(int replicas, int weight, int canary, int stable) =>
        WeightedSplit.ForRouter(replicas, weight).ShouldBe(new WeightedSplit(canary, stable, replicas == 0 ? 0 : weight));

    [Theory]
    [InlineData(3, 11, 27)]
    [InlineData(1, 11, 9)]
    [InlineData(1, 8, 13)]
    [InlineData(0, 0, 0)]
    public void The_actual_weight_is_the_share_in_whole_percent(int part, int whole, int percent) => WeightedSplit.PercentOf(part, whole).ShouldBe(percent);

    [Theory]
    [InlineData(-1, 50, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(1, 101, 0)]
    [InlineData(1, 50, -1)]
    public void Nonsense_is_refused(int replicas, int weight, int surge) =>
        Should.Throw<ArgumentOutOfRangeException>(() => WeightedSplit.For(replicas, weight, surge));

    [Fact]
    public void No_split_within_the_rules_is_nearer_and_neither_side_is_empty() =>
        Prop.ForAll(Inputs, input =>
        {
            var (replicas, weight, surge) = input;
            var split = WeightedSplit.For(replicas, weight, surge);
            var total = split.Canary + split.Stable;
            if (weight is > 0 and < 100 && (replicas > 1 || surge > 0)) (split.Canary > 0 && split.Stable > 0).ShouldBeTrue();
            total.ShouldBeInRange(replicas, replicas + Math.Min(surge, 1));

            var distance = Math.Abs((double)split.Canary / total - weight / 100.0);
            foreach (var c in new[] { replicas * weight / 100, (replicas * weight + 99) / 100 })
            {
                for (var t = replicas; t <= replicas + Math.Min(surge, 1); t++)
                {
                    var excluded = weight is > 0 and < 100 && (c == 0 || c == t) && (replicas > 1 || surge > 0);
                    var fixedByRule = weight is 0 or 100 && t != replicas;
                    if (!excluded && !fixedByRule) distance.ShouldBeLessThanOrEqualTo(Math.Abs((double)c / t - weight / 100.0) + 1e-12);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_weight_never_means_fewer_canary_pods() =>
        Prop.ForAll(Inputs, input =>
        {
            var (replicas, weight, surge) = input;
            return weight == 100 || WeightedSplit.For(replicas, weight, surge).Canary <= WeightedSplit.For(replicas, weight + 1, surge).Canary;
        }).QuickCheckThrowOnFailure();

    private static Arbitrary<(int Replicas, int Weight, int Surge)> Inputs =>
        (from replicas in Gen.Choose(1, 60)
         from weight in Gen.Choose(0, 100)
         from surge in Gen.Choose(0, 3)
         select (replicas, weight, surge)).ToArbitrary();

    private static void Check(int replicas, int weight, int surge, int canary, int stable)
    {
        var split = WeightedSplit.For(replicas, weight, surge);

        (split.Canary, split.Stable).ShouldBe((canary, stable));
        split.ActualWeight.ShouldBe(WeightedSplit.PercentOf(canary, canary + stable));
    }
}
