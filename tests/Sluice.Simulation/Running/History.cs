namespace Sluice.Simulation.Running;

/// <summary>What is known of a history that was run to its end.</summary>
/// <param name="Hash">Of all writes in their order: the same case gives the same.</param>
/// <param name="Span">How much virtual time it took.</param>
internal sealed record History(string Hash, TimeSpan Span);
