using Sluice.Simulation.Running;

namespace Sluice.Simulation.Randomised;

/// <summary>
/// Random plans, people, faults and orders of events, each from one seed: the invariants hold after every write, and when the faults stop the Rollout comes to rest.
/// <c>SLUICE_SIMULATION_SEEDS</c> says how many seeds are tried (<c>5000</c>), or which (<c>17-17</c>).
/// </summary>
public sealed class RandomReleases
{
    private const string Variable = "SLUICE_SIMULATION_SEEDS";
    private const string DefaultSeeds = "2000";
    private const int SeedsOfATest = 50;

    /// <summary>The seeds in ranges such as <c>51-100</c>.</summary>
    public static TheoryData<string> Ranges() =>
        [.. SeedRange.Parse(Environment.GetEnvironmentVariable(Variable) ?? DefaultSeeds).Seeds.Chunk(SeedsOfATest).Select(seeds => $"{seeds[0]}-{seeds[^1]}")];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Whatever_happens_every_promise_is_kept_and_in_the_end_there_is_rest(string seeds) =>
        Campaign.Run([.. SeedRange.Parse(seeds).Seeds.Select(seed => RandomCases.Of(seed))], Environment.ProcessorCount).ShouldHold();

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        using var first = new RandomHistory(4, isTold: true);
        using var second = new RandomHistory(4, isTold: true);

        first.Run();
        second.Run();

        second.Log.ShouldBe(first.Log);
        second.History.ShouldBe(first.History);
    }
}
