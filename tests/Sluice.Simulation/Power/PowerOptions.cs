using System.Globalization;

namespace Sluice.Simulation.Power;

/// <summary>What <c>power</c> is asked to run.</summary>
internal sealed record PowerOptions
{
    /// <summary>Names of the bugs to try; empty for all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>Groups of cases that are run: names of reference releases, <c>scenario</c>, <c>seed</c>; empty for all.</summary>
    public IReadOnlyList<string> Groups { get; private init; } = [];

    /// <summary>Cases that must find a bug before it is left alone.</summary>
    public int Enough { get; private init; } = 5;

    /// <summary>Of the single faults, each so many.</summary>
    public int Every { get; private init; } = 40;

    /// <summary>How many random histories.</summary>
    public int Seeds { get; private init; } = 100;

    /// <summary>Only which cases come to which bug, and no bug is switched on.</summary>
    public bool Reach { get; private init; }

    public int Threads { get; private init; } = Environment.ProcessorCount;

    public bool Runs(string group) => Groups.Count == 0 || Groups.Contains(group);

    /// <exception cref="FormatException">An argument is not known, or its value not what it must be.</exception>
    public static PowerOptions Parse(IReadOnlyList<string> args)
    {
        var options = new PowerOptions();
        for (var index = 0; index < args.Count; index++)
        {
            var name = args[index];
            options = name switch
            {
                "--only" => options with { Only = Value().Split(',') },
                "--groups" => options with { Groups = Value().Split(',') },
                "--enough" => options with { Enough = Number() },
                "--every" => options with { Every = Number() },
                "--seeds" => options with { Seeds = Number() },
                "--reach" => options with { Reach = true },
                "--threads" => options with { Threads = Number() },
                _ => throw new FormatException($"unknown argument {name}"),
            };

            string Value() => ++index < args.Count ? args[index] : throw new FormatException($"{name} needs a value");
            int Number() =>
                int.TryParse(Value(), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new FormatException($"{name} must be a positive number");
        }

        return options;
    }
}
