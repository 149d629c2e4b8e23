using System.Diagnostics;
using System.Globalization;
using Sluice.Simulation.Randomised;

namespace Sluice.Simulation.Running;

/// <summary><c>simulate</c>: many histories, counted and timed; exit code 1 when one of them fails.</summary>
internal static class SimulateCommand
{
    public static int Run(IReadOnlyList<string> args)
    {
        var seeds = SeedRange.Parse(args[0]);
        var threads = args.Count > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        var report = Campaign.Run([.. seeds.Seeds.Select(RandomHistory.Case)], threads);
        foreach (var failure in report.Failures) Console.WriteLine($"{failure.Case.Name} failed: {failure.Violation!.Message}");
        if (args.Contains("--histories")) foreach (var outcome in report.Outcomes) Console.WriteLine($"{outcome.Case.Name} {outcome.History?.Hash} {outcome.History?.Span}");
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Outcomes.Count} runs, {report.Failures.Count()} failed, {report.Elapsed.TotalSeconds:0.0} s, cpu {cpu.TotalSeconds:0.0} s, {report.Span.TotalSeconds / report.Elapsed.TotalSeconds:0} × real time"));
        return report.Failures.Any() ? 1 : 0;
    }
}
