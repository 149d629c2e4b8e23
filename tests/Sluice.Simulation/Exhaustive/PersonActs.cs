using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>Something that a person does in a reference release, at the first moment at which it is time for it.</summary>
internal sealed record PersonActs(string What, Func<ReleaseWorld, bool> When, Action<ReleaseWorld> Do);
