using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>An operator that runs, and its clock.</summary>
internal sealed record LiveOperator(string Name, OperatorClock Clock);
