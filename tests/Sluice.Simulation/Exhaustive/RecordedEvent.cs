namespace Sluice.Simulation.Exhaustive;

/// <summary>One watch event that the operator receives in a reference release.</summary>
/// <param name="Index">Its place among the events, from 1.</param>
/// <param name="Place">Its place among calls and events together.</param>
/// <param name="Resource">Such as <c>pods</c> or <c>rollouts.sluice.dev</c>.</param>
/// <param name="Name">The object's name.</param>
internal sealed record RecordedEvent(int Index, int Place, string Resource, string Name)
{
    public override string ToString() => $"{Resource}/{Name}";
}
