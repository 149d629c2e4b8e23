using System.Diagnostics;
using System.Globalization;
using Sluice.Simulation.Exhaustive;
using Sluice.Simulation.Randomised;

namespace Sluice.Simulation.Running;

/// <summary><c>simulate</c>: many histories, counted and timed; exit code 1 when one of them fails.</summary>
internal static class SimulateCommand
{
    private const int FailuresShown = 5;

    private const string Usage = """
        usage: simulate [--seeds 2000] [--singles all|none|REFERENCE] [--every 1] [--whole] [--no-scenarios] [--threads N] [--case NAME [--without 3,5-9]] [--histories]
          --seeds      random histories: how many, or which (17-30); 0 for none
          --singles    the single faults of all reference releases, of one, or of none
          --every      of the single faults, only each so many
          --whole      each single fault to its end, though it is known from another one how it goes on
          --no-scenarios without the scenarios
          --case       one case by its name, such as seed/17 or canary/call-12/TimeoutCommitted
          --without    of a random history, the disturbances that are left out
          --histories  prints the hash of every history
        """;

    public static int Run(IReadOnlyList<string> args)
    {
        try
        {
            return Run(SimulateOptions.Parse(args));
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }

    private static int Run(SimulateOptions options)
    {
        var cases = CasesOf(options);
        if (cases.Count == 0) throw new FormatException("no case is called for");
        var report = Campaign.Run(cases, options.Threads, outcome => Console.Error.WriteLine($"FAILED {outcome.Case.Name}: {outcome.Violation!.Message.Split('\n')[0]}"));
        if (options.Histories)
        {
            foreach (var outcome in report.Outcomes) Console.WriteLine($"{outcome.Case.Name} {outcome.History?.Hash} {outcome.History?.Span}");
        }

        Tell(report);
        return report.Failures.Any() ? 1 : 0;
    }

    private static IReadOnlyList<SimulationCase> CasesOf(SimulateOptions options)
    {
        if (options.Case is { } name) return [Find(name, options.Without)];
        if (options.Without is not null) throw new FormatException("--without needs --case");

        var references = ReferenceReleases.All.Where(reference => options.Singles == "all" || reference.Name == options.Singles).ToList();
        if (references.Count == 0 && options.Singles != "none") throw new FormatException($"there is no reference release '{options.Singles}'; there are {string.Join(", ", ReferenceReleases.All.Select(reference => reference.Name))}");
        var singles = references.SelectMany(reference => SingleFaultCases.Of(reference, options.IsWhole, isChained: !options.IsWhole && options.Every == 1)).Where((_, index) => index % options.Every == 0);
        return [.. options.Scenarios ? ScenarioCases.All : [], .. singles, .. options.Seeds.Seeds.Select(seed => RandomCases.Of(seed))];
    }

    private static SimulationCase Find(string name, IReadOnlySet<int>? without)
    {
        var group = name.Split('/')[0];
        if (group == "seed" && int.TryParse(name[5..], CultureInfo.InvariantCulture, out var seed)) return RandomCases.Of(seed, without);
        if (group == ScenarioCases.Group) return ScenarioCases.All.FirstOrDefault(item => item.Name == name) ?? throw new FormatException($"there is no {name}");
        var reference = ReferenceReleases.All.FirstOrDefault(known => known.Name == group) ?? throw new FormatException($"there is no reference release '{group}'");
        return SingleFaultCases.Of(reference, isWhole: true).FirstOrDefault(item => item.Name == name) ?? throw new FormatException($"reference release {group} has no case '{name}'");
    }

    private static void Tell(CampaignReport report)
    {
        foreach (var failure in report.Failures.Take(FailuresShown))
        {
            Console.WriteLine($"FAILED {failure.Case.Name}: {failure.Case.Explain?.Invoke(failure.Violation!) ?? failure.Violation!.Message}");
            Console.WriteLine($"  as it was: make simulate CASE={failure.Case.Name}");
        }

        foreach (var group in report.Outcomes.GroupBy(outcome => outcome.Case.Group))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{group.Count(),7} {group.Key}{(group.Any(outcome => outcome.Violation is not null) ? $", {group.Count(outcome => outcome.Violation is not null)} FAILED" : "")}"));
        }

        var failed = report.Failures.ToList();
        foreach (var failure in failed) Console.WriteLine($"FAILED {failure.Case.Name}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Outcomes.Count} runs, {failed.Count} failed; {report.Span.TotalHours:0} h of virtual time in {report.Elapsed.TotalSeconds:0} s ({report.Span / report.Elapsed:0} × real time), {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor time"));
    }
}
