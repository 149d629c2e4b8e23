namespace Sluice.Simulation.Exhaustive;

/// <summary>A run of a reference release violated what must hold; the message tells its history.</summary>
internal sealed class ReferenceFailedException(string message, Exception? violation) : Exception(message, violation);
