using System.Globalization;
using Sluice.Simulation.Randomised;

namespace Sluice.Simulation.Running;

/// <summary>What <c>simulate</c> is asked to run.</summary>
internal sealed record SimulateOptions
{
    public SeedRange Seeds { get; private init; } = new(1, 2000);

    /// <summary>all, none, or the name of a reference release.</summary>
    public string Singles { get; private init; } = "all";

    public int Every { get; private init; } = 1;

    public bool Scenarios { get; private init; } = true;

    public int Threads { get; private init; } = Environment.ProcessorCount;

    public string? Case { get; private init; }

    /// <summary>Disturbances that the history of <see cref="Case"/> leaves out; null for none.</summary>
    public IReadOnlySet<int>? Without { get; private init; }

    /// <summary>Whether each single fault is run to its end, though it is known from another how it goes on.</summary>
    public bool IsWhole { get; private init; }

    public bool Histories { get; private init; }

    /// <exception cref="FormatException">An argument is not known, or its value not what it must be.</exception>
    public static SimulateOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SimulateOptions();
        for (var index = 0; index < args.Count; index++)
        {
            var name = args[index];
            options = name switch
            {
                "--histories" => options with { Histories = true },
                "--whole" => options with { IsWhole = true },
                "--no-scenarios" => options with { Scenarios = false },
                "--seeds" => options with { Seeds = SeedRange.Parse(Value()) },
                "--singles" => options with { Singles = Value() },
                "--every" => options with { Every = Number() },
                "--threads" => options with { Threads = Number() },
                "--case" => options with { Case = Value() },
                "--without" => options with { Without = NumberRanges.Parse(Value()) },
                _ => throw new FormatException($"unknown argument {name}"),
            };

            string Value() => ++index < args.Count ? args[index] : throw new FormatException($"{name} needs a value");
            int Number() => int.TryParse(Value(), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new FormatException($"{name} must be a positive number");
        }

        return options;
    }
}
