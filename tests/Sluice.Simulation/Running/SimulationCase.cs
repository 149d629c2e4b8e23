namespace Sluice.Simulation.Running;

/// <summary>One history that can be run by its name, again and again with the same result.</summary>
/// <param name="Group">What it is counted under.</param>
/// <param name="Name">Names it among all cases, so that a failure can be replayed.</param>
/// <param name="Run">Runs it; what a history violates is thrown.</param>
internal sealed record SimulationCase(string Group, string Name, Func<History> Run)
{
    /// <summary>Tells of a failure what a person needs to understand it; it may take many more runs. Null: the failure's own message says it.</summary>
    public Func<Exception, string>? Explain { get; init; }
}
