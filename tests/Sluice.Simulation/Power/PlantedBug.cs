namespace Sluice.Simulation.Power;

/// <summary>A mistake that somebody could make in the operator, as a change of one place of its source.</summary>
internal sealed record PlantedBug
{
    /// <summary>In <see cref="Replace"/>, what is true while the bug is switched on: the text then stands as it is, and decides itself.</summary>
    public const string Switch = "$bug";

    /// <summary>Names the switch.</summary>
    public required string Name { get; init; }

    /// <summary>What goes wrong, as a user would notice it.</summary>
    public required string Breaks { get; init; }

    /// <summary>The file, from the repository's root.</summary>
    public required string File { get; init; }

    /// <summary>A text that is in the file exactly once: an expression, or, where it ends with a semicolon, a statement.</summary>
    public required string Find { get; init; }

    /// <summary>What stands there while the bug is switched on.</summary>
    public required string Replace { get; init; }
}
