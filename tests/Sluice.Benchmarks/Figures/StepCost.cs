using System.Text.Json.Nodes;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Benchmarks.Figures;

/// <summary>What one step of a canary costs the API server, where one pass is enough for its pods.</summary>
internal static class StepCost
{
    private const string Name = "payments";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        await bench.StartOperatorAsync(ct);
        bench.Create(new Service(Name) { Replicas = 10, Steps = """[{"setWeight":10},{"setWeight":30},{"setWeight":50},{"setWeight":70},{"setWeight":90}]""" });
        await Waiting.UntilAsync(() => Seen.IsHealthy(bench.Rollout(Name)), "healthy", Patience, ct);
        var reads = bench.Log.Reads;
        bench.Log.KeepsWrites = true;
        bench.Release(Name, 2);
        await Waiting.UntilAsync(() => Seen.IsHealthy(bench.Rollout(Name)), "promoted", Patience, ct);

        var steps = PerStep(bench.Log.Writes);
        return
        [
            Figure.AtMost("API writes per canary step (median)", 3, steps.Order().ElementAt(steps.Count / 2), "", $"  (each: {string.Join(' ', steps)})"),
            Figure.AtMost("API writes of a whole release of 5 steps", 3 * 5 + 8, bench.Log.Writes.Count, ""),
            Figure.AtMost("live reads of a whole release (confirmations)", 3 * 5 + 8, bench.Log.Reads - reads, ""),
        ];
    }

    /// <summary>Writes by the step that the status was in when they were made, without the first, which comes after the release's own beginning.</summary>
    private static List<int> PerStep(IEnumerable<CommittedWrite> writes)
    {
        var counts = new SortedDictionary<int, int>();
        var step = -1;
        foreach (var write in writes)
        {
            if (write.Resource == "rollouts") step = Step(write.After) ?? -1;
            if (step >= 0) counts[step] = counts.GetValueOrDefault(step) + 1;
        }

        return [.. counts.Skip(1).Select(pair => pair.Value)];
    }

    private static int? Step(JsonObject rollout) => (string?)rollout["status"]?["release"]?["stage"] == "Stepping" ? (int?)rollout["status"]!["release"]!["step"]?["index"] : null;
}
