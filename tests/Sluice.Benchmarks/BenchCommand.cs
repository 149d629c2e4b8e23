using System.CommandLine;
using Sluice.Benchmarks.Figures;
using Spectre.Console;

namespace Sluice.Benchmarks;

/// <summary><c>bench</c>: every figure that has a target, the reached value beside the wanted one.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, Func<CancellationToken, Task<IReadOnlyList<Figure>>>> Measurements = new()
    {
        ["writes"] = StepCost.MeasureAsync,
        ["healthy"] = HealthyCost.MeasureAsync,
        ["reconciles"] = _ => Task.FromResult(NoOpReconciles.Measure()),
        ["idle"] = Scale.IdleAsync,
        ["thousand"] = Scale.ThousandAsync,
        ["ten-thousand"] = Scale.TenThousandAsync,
        ["reaction"] = Reaction.MeasureAsync,
        ["failover"] = Failover.MeasureAsync,
    };

    public static Command Create()
    {
        var only = new Option<string[]>("--only") { Description = $"Which of {string.Join(", ", Measurements.Keys)}; default: all.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. Measurements.Keys]);
        var command = new Command("bench", "Prints each performance figure beside its target.") { only };
        command.SetAction((result, ct) => RunAsync(result.GetValue(only) is { Length: > 0 } names ? names : [.. Measurements.Keys], ct));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        var figures = new List<Figure>();
        foreach (var name in names)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]measuring {name} …[/]");
            figures.AddRange(await MeasureAsync(name, ct));
        }

        FigureTable.Print(figures);
        return 0;
    }

    /// <summary>What never came about is a figure that was not reached, and takes nothing from the others.</summary>
    private static async Task<IReadOnlyList<Figure>> MeasureAsync(string name, CancellationToken ct)
    {
        try
        {
            return await Measurements[name](ct);
        }
        catch (TimeoutException late)
        {
            return [new Figure(name, "", late.Message, Met: false)];
        }
    }
}
