namespace Sluice.Simulation.Randomised;

/// <summary>What must come to its end did not in time.</summary>
internal sealed class LivenessException(string message) : Exception(message);
