using Sluice.Simulation.Running;

namespace Sluice.Simulation.Randomised;

/// <summary>A history that fails is made small: what is left is what it needs to fail in the same way.</summary>
public sealed class ShrinkerTests
{
    /// <summary>Of a history in which people change the replicas.</summary>
    private static readonly int PlantedSeed =
        Enumerable.Range(12, 100).First(seed => DisturbancePlan.Draw(seed).Disturbances.Count(disturbance => disturbance.Kind.Name == "replicas") > 1);

    [Fact]
    public void Of_sixty_items_the_three_are_left_that_fail_together()
    {
        var runs = 0;

        var kept = Shrinker.Minimise([.. Enumerable.Range(0, 60)], rest =>
        {
            runs++;
            return rest.Contains(7) && rest.Contains(23) && rest.Contains(59);
        }, mostRuns: 200);

        kept.ShouldBe([7, 23, 59]);
        runs.ShouldBeLessThan(60);
    }

    [Fact]
    public void What_fails_without_any_item_needs_none() => Shrinker.Minimise([1, 2, 3], _ => true, mostRuns: 10).ShouldBeEmpty();

    [Fact]
    public void The_search_ends_with_its_runs_and_what_is_left_then_fails() =>
        Shrinker.Minimise([.. Enumerable.Range(0, 100)], rest => rest.Count >= 37, mostRuns: 4).Count.ShouldBeInRange(37, 99);

    [Fact]
    public void Numbers_are_written_as_ranges_and_read_again()
    {
        NumberRanges.Format([9, 3, 5, 6, 7, 8, 0]).ShouldBe("0,3,5-9");
        NumberRanges.Parse("0,3,5-9").ShouldBe([0, 3, 5, 6, 7, 8, 9]);
        NumberRanges.Format([]).ShouldBe("");
        Should.Throw<FormatException>(() => NumberRanges.Parse("9-5"));
        Should.Throw<FormatException>(() => NumberRanges.Parse("many"));
    }

    /// <summary>Planted: nobody changes the replicas of the Rollout. What the history needs for it is the one disturbance that does.</summary>
    [Fact]
    public void A_planted_violation_is_shrunk_to_the_one_disturbance_that_it_needs_and_replays_from_what_is_printed()
    {
        var violation = Should.Throw<RandomHistoryException>(() => RunPlanted(PlantedSeed, new HashSet<int>(), isTold: false));

        var told = RandomCases.Explain(PlantedSeed, without: null, violation, RunPlanted);

        told.ShouldContain("a planted promise");
        var leftOut = NumberRanges.Parse(told.Split("--without ")[1].Split('"')[0]);
        DisturbancePlan.Draw(PlantedSeed).Disturbances.Select(disturbance => disturbance.Number).Except(leftOut).ShouldHaveSingleItem();
        Should.Throw<RandomHistoryException>(() => RunPlanted(PlantedSeed, leftOut, isTold: false)).Promise.ShouldBe(violation.Promise);
    }

    [Fact]
    public void Leaving_a_disturbance_out_changes_no_other()
    {
        var plan = DisturbancePlan.Draw(PlantedSeed);

        plan.Disturbances.Select(disturbance => (disturbance.At, disturbance.Kind.Name, disturbance.Draws().Next())).ShouldBe(
            DisturbancePlan.Draw(PlantedSeed).Disturbances.Select(disturbance => (disturbance.At, disturbance.Kind.Name, disturbance.Draws().Next())));
        Campaign.RunOne(RandomCases.Of(PlantedSeed, new HashSet<int> { plan.Disturbances[^1].Number })).Violation.ShouldBeNull();
    }

    private static void RunPlanted(int seed, IReadOnlySet<int> without, bool isTold)
    {
        using var history = new RandomHistory(seed, without, isTold);
        history.Observe(write =>
        {
            if (write is { Resource: "rollouts", Before: { } before } && (int?)before["spec"]?["replicas"] != (int?)write.After["spec"]?["replicas"]) throw new InvalidOperationException("a planted promise: replicas stay");
        });
        history.Run();
    }
}
