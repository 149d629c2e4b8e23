using System.CommandLine;
using System.Diagnostics;
using Sluice.Api;
using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary><c>analysis</c>: how often and how fast simulated releases of known truth are decided, beside rules that count breaches of a threshold.</summary>
internal static class AnalysisCommand
{
    /// <summary>Releases that share a seed: the unit of work, so that the figures are the same on any number of cores.</summary>
    private const int Batch = 50;

    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "Releases of each cell.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<int>("--seed") { Description = "Another one gives other samples of the same.", DefaultValueFactory = _ => 20260105 };
        var only = new Option<string?>("--only") { Description = "Only cells with this in their name." };
        var wide = new Option<bool>("--wide") { Description = "Other rates, weights and histories, and traffic that changes, instead of the cells that figures are quoted for." };
        var command = new Command("analysis", "Prints how often and how fast releases of known truth are decided; exit code 1 when a promise of docs/analysis.md is broken.") { runs, seed, only, wide };
        command.SetAction(result => Run(
            (result.GetValue(wide) ? Cells.Wide : Cells.Promised).Where(cell => result.GetValue(only) is not { } part || cell.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList(),
            Math.Max(1, result.GetValue(runs)),
            result.GetValue(seed)));
        return command;
    }

    private static int Run(List<Cell> cells, int runs, int seed)
    {
        var clock = Stopwatch.StartNew();
        var ours = Simulate(cells, runs, seed, (random, cell) => new TrafficSimulation(random).Run(cell.Traffic, cell.Course));
        var others = ThresholdRule.All.Select(rule => Simulate(cells, runs, seed, (random, cell) => rule.Run(random, cell.Traffic, cell.Course))).ToList();

        Console.WriteLine(AnalysisTable.Of(cells, ours, others));
        var broken = cells.Zip(ours).SelectMany(pair => Promises.BrokenBy(pair.First, pair.Second).Select(promise => $"{pair.First.Name} at {pair.First.Traffic.RequestsPerSecond}/s: {promise}")).ToList();
        foreach (var promise in broken) Console.WriteLine($"BROKEN  {promise}");
        var processor = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        Console.WriteLine($"{cells.Count} cells of {runs} releases, seed {seed}: {broken.Count} promises broken; {clock.Elapsed.TotalSeconds:0} s, {processor:0} processor seconds.");
        return broken.Count == 0 ? 0 : 1;
    }

    private static List<CellResult> Simulate(List<Cell> cells, int runs, int seed, Func<Random, Cell, SimulatedEnd> run)
    {
        var ends = cells.Select(_ => new SimulatedEnd[runs]).ToList();
        var batches = from cell in Enumerable.Range(0, cells.Count) from first in Enumerable.Range(0, (runs + Batch - 1) / Batch) select (Cell: cell, First: first * Batch);
        Parallel.ForEach(batches, batch =>
        {
            // Of the cell's name and rate, not of its place: a cell has the same figures alone.
            var cell = cells[batch.Cell];
            var random = new Random(Seed($"{seed} {cell.Name} {cell.Traffic.RequestsPerSecond} {batch.First}"));
            for (var index = batch.First; index < Math.Min(batch.First + Batch, runs); index++) ends[batch.Cell][index] = run(random, cell);
        });
        return [.. ends.Select(cell => new CellResult(cell))];
    }

    /// <summary>FNV-1a: the same in every process, as string.GetHashCode is not.</summary>
    private static int Seed(string text) => (int)(text.Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619u)) & int.MaxValue);
}
