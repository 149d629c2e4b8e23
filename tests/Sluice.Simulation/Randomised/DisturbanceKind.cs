namespace Sluice.Simulation.Randomised;

/// <summary>Something that people or the world may do to a history.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Family">With which others it is drawn.</param>
/// <param name="Weight">How often, among those of its family.</param>
/// <param name="Begin">Does it; where there is nothing to do it to, nothing happens.</param>
internal sealed record DisturbanceKind(string Name, DisturbanceFamily Family, int Weight, Action<RandomWorld, Disturbance> Begin);
