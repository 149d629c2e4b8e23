using System.Diagnostics;
using System.Globalization;

namespace Sluice.Simulation.Power;

/// <summary><c>power</c>: which planted bugs the simulation finds; exit code 1 when it is fewer than 95 of a hundred.</summary>
internal static class PowerCommand
{
    private const double Wanted = 0.95;

    private const string Usage = """
        usage: power [--only BUG,BUG] [--groups GROUP,GROUP] [--every 40] [--seeds 100] [--enough 5] [--reach] [--threads N]
          --only    these bugs alone
          --groups  cases of these groups alone: scenario, seed, names of reference releases
          --every   of the single faults, each so many
          --seeds   so many random histories
          --enough  a bug is left alone once so many cases have found it
          --reach   says only how many cases come to each bug's place
        """;

    public static int Run(IReadOnlyList<string> args)
    {
        try
        {
            return Run(PowerOptions.Parse(args));
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }

    /// <summary><c>plant FOLDER</c>: the source with all bugs in it.</summary>
    public static int Plant(IReadOnlyList<string> args)
    {
        if (args is not [var root, var destination])
        {
            Console.Error.WriteLine("usage: plant REPOSITORY FOLDER");
            return 2;
        }

        try
        {
            Console.WriteLine($"{PlantedTree.Write(root, destination).Count} bugs planted in {destination}");
            return 0;
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }

    private static int Run(PowerOptions options)
    {
        if (!BugSwitch.Exists) throw new FormatException("no bug is planted in this build: make simulate-power plants them, builds that and runs it");

        var bugs = BugList.Read(Path.Combine(AppContext.BaseDirectory, "Power", "Bugs"));
        if (options.Only.Except(bugs.Select(bug => bug.Name)).FirstOrDefault() is { } unknown) throw new FormatException($"there is no bug {unknown}");
        var clock = Stopwatch.StartNew();
        var places = new ReachedPlaces(options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{places.Names.Count} cases without a bug in {clock.Elapsed.TotalSeconds:0} s"));
        foreach (var name in places.Failing) Console.WriteLine($"fails without a bug, and is left out: {name}");
        var wanted = bugs.Where(bug => options.Only.Count == 0 || options.Only.Contains(bug.Name)).ToList();
        if (options.Reach)
        {
            foreach (var bug in wanted) Console.WriteLine($"{bug.Name,-46} {places.Reaching(bug).Count,6}");
            return 0;
        }

        var hunt = new BugHunt(options, places);
        Console.WriteLine($"{"bug",-46} {"reached",7} {"run",5} {"scenarios",9} {"singles",7} {"seeds",5}  first found by");
        return Sum([.. wanted.Select(bug => Tell(hunt.Hunt(bug)))], clock.Elapsed);
    }

    private static BugResult Tell(BugResult result)
    {
        var first = result.Findings is [var finding, ..] ? $"{finding.Case}: {finding.Message}" : result.Reaching == 0 ? "NOT FOUND: no case comes there" : "NOT FOUND";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Bug.Name,-46} {result.Reaching,7} {result.Cases,5} {result.Scenarios,9} {result.Singles,7} {result.Seeds,5}  {first}"));
        return result;
    }

    private static int Sum(List<BugResult> results, TimeSpan elapsed)
    {
        var missed = results.Where(result => !result.IsFound).ToList();
        foreach (var result in missed) Console.WriteLine($"not found: {result.Bug.Name}: {result.Bug.Breaks}");
        var share = 1 - ((double)missed.Count / results.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count - missed.Count} of {results.Count} planted bugs found ({share:0.0%}, wanted {Wanted:0%})"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Sum(result => result.Cases)} cases in {elapsed.TotalSeconds:0} s, {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor time"));
        return share >= Wanted ? 0 : 1;
    }
}
