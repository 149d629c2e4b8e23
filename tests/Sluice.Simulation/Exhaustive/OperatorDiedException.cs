namespace Sluice.Simulation.Exhaustive;

/// <summary>Ends what a process was doing at the moment of its death; the process is taken away before anything of it runs again.</summary>
internal sealed class OperatorDiedException() : Exception("the operator has died");
