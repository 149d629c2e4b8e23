using Sluice.Sandbox.Cluster;

namespace Sluice.Simulation.Randomised;

/// <summary>One disturbance of a history: everything about it follows from the seed and its number, so that any other may be left out and it stays what it is.</summary>
/// <param name="Seed">The history's seed.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When it happens, from the beginning.</param>
/// <param name="Kind">What it is.</param>
internal sealed record Disturbance(int Seed, int Number, TimeSpan At, DisturbanceKind Kind)
{
    /// <summary>Its own draws, from their beginning.</summary>
    public Random Draws() => Of(Seed, $"disturbance/{Number}");

    /// <summary>Draws for one purpose in one history.</summary>
    public static Random Of(int seed, string purpose) => new(StableDraw.Seed(seed, purpose));

    public override string ToString() => $"{Number}: {Kind.Name}";
}
