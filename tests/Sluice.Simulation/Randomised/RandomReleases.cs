using System.Globalization;

namespace Sluice.Simulation.Randomised;

/// <summary>
/// Random plans, people, faults and orders of events, each from one seed: the invariants hold after every write, and when the faults stop the Rollout comes to rest.
/// <c>SLUICE_SIMULATION_SEEDS</c> says how many seeds are tried (<c>200</c>), or which (<c>17-17</c>).
/// </summary>
public sealed class RandomReleases
{
    private const string Variable = "SLUICE_SIMULATION_SEEDS";
    private const int DefaultSeeds = 40;

    public static TheoryData<int> Seeds()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        var (first, last) = text?.Split('-') switch
        {
            [var from, var to] => (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture)),
            [var count] => (1, int.Parse(count, CultureInfo.InvariantCulture)),
            _ => (1, DefaultSeeds),
        };
        return [.. Enumerable.Range(first, last - first + 1)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_every_promise_is_kept_and_in_the_end_there_is_rest(int seed)
    {
        using var history = new RandomHistory(seed);
        history.Run();
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        using var first = new RandomHistory(4);
        using var second = new RandomHistory(4);

        first.Run();
        second.Run();

        second.Log.ShouldBe(first.Log);
    }
}
