using Sluice.Simulation.Running;

namespace Sluice.Simulation.Randomised;

/// <summary>Random histories as cases, and what is told of one that fails.</summary>
internal static class RandomCases
{
    private const int MostRuns = 200;

    public static SimulationCase Of(int seed, IReadOnlySet<int>? without = null) => new("random", $"seed/{seed}", () => Run(seed, without, isTold: false)) { Explain = violation => Explain(seed, without, violation) };

    /// <summary>Makes a failing history as small as it gets, and tells it.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="without">What is left out already.</param>
    /// <param name="violation">How it fails.</param>
    /// <param name="run">Runs it; another than the usual where a test plants a violation.</param>
    public static string Explain(int seed, IReadOnlySet<int>? without, Exception violation, Action<int, IReadOnlySet<int>, bool>? run = null)
    {
        run ??= (which, leftOut, isTold) => Run(which, leftOut, isTold);
        var plan = DisturbancePlan.Draw(seed);
        int[] all = [RandomHistory.Interleaving, .. plan.Disturbances.Select(disturbance => disturbance.Number)];
        var promise = (violation as RandomHistoryException)?.Promise;
        var kept = Shrinker.Minimise([.. all.Where(number => without?.Contains(number) != true)], rest => PromiseBrokenBy(rest) == promise, MostRuns);
        var leftOut = all.Except(kept).ToHashSet();
        return $"""
            {Told(leftOut)}
              of {all.Length} disturbances {kept.Count} are needed: {string.Join("; ", plan.Disturbances.Where(disturbance => kept.Contains(disturbance.Number)))}{(kept.Contains(RandomHistory.Interleaving) ? "; the drawn order of work" : "")}
              replay: make simulate CASE=seed/{seed}{(leftOut.Count > 0 ? $" ARGS=\"--without {NumberRanges.Format(leftOut)}\"" : "")}
            """;

        string? PromiseBrokenBy(IReadOnlyList<int> rest)
        {
            try
            {
                run(seed, all.Except(rest).ToHashSet(), false);
                return null;
            }
            catch (RandomHistoryException broken)
            {
                return broken.Promise;
            }
        }

        string Told(IReadOnlySet<int> except)
        {
            try
            {
                run(seed, except, true);
                return "  told, it does not fail: the history depends on something beside its seed";
            }
            catch (RandomHistoryException broken)
            {
                return broken.Message;
            }
        }
    }

    private static History Run(int seed, IReadOnlySet<int>? without, bool isTold)
    {
        using var history = new RandomHistory(seed, without, isTold);
        history.Run();
        return history.History;
    }
}
