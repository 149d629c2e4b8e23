namespace Sluice.Simulation.Exhaustive;

/// <summary>How far a run has come: so many calls and events of the operator.</summary>
internal sealed record PlaceInRelease(int Calls, int Events)
{
    public int Sum => Calls + Events;
}
