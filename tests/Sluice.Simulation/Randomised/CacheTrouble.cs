using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.Randomised;

/// <summary>What befalls the watch events of one operator for a while.</summary>
/// <param name="Number">Of the disturbance.</param>
/// <param name="Operator">Whose cache it is.</param>
/// <param name="Until">When it is over.</param>
/// <param name="Draws">Its own draws.</param>
internal sealed record CacheTrouble(int Number, string Operator, DateTimeOffset Until, Random Draws)
{
    /// <summary>Which resource's events; null for all.</summary>
    public string? Resource { get; init; }

    /// <summary>By how much an event is late at most.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>What becomes of the events that it strikes.</summary>
    public EventFate Fate { get; init; }

    /// <summary>How likely it strikes one.</summary>
    public double Rate { get; init; }

    /// <summary>Whether the cache stands still.</summary>
    public bool StandsStill { get; init; }

    public bool Concerns(string name, string resource, DateTimeOffset now) => Operator == name && now < Until && (Resource is null || Resource == resource);
}
