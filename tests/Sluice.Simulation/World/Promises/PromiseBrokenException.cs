namespace Sluice.Simulation.World.Promises;

/// <summary>A write of the operator broke what must hold after every one of them.</summary>
internal sealed class PromiseBrokenException(string message) : Exception(message);
