using System.Collections.Concurrent;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// States that runs of one reference release went through after their fault was over, and how these runs went on. Everything is deterministic: a run that comes to one
/// of them goes on in the same way.
/// </summary>
internal sealed class KnownFutures
{
    private readonly ConcurrentDictionary<string, KnownFuture> known = new();
    private readonly ConcurrentDictionary<string, PlaceInRelease> path = new();

    /// <summary>The run without a fault was in this state.</summary>
    public void Pass(string state, PlaceInRelease place) => path[state] = place;

    /// <summary>Where the run without a fault was in this state; null where it never was.</summary>
    public PlaceInRelease? OnThePath(string state) => path.GetValueOrDefault(state);

    /// <summary>A run that ended well went through these states.</summary>
    public void Add(IEnumerable<string> states, KnownFuture future)
    {
        foreach (var state in states) known.AddOrUpdate(state, future, (_, earlier) => earlier.IsGoodFor(future.Delay, future.Patience) ? earlier : future);
    }

    /// <summary>How a run goes on that allows for so much; null where that is not known.</summary>
    public KnownFuture? From(string state, TimeSpan delay, TimeSpan patience) => known.TryGetValue(state, out var future) && future.IsGoodFor(delay, patience) ? future : null;
}
