using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>A release that is run once without faults, and then once with every single fault.</summary>
/// <param name="Name">Names it in cases and in counts.</param>
/// <param name="Prepare">Brings the world to where the release begins; no fault happens in it. Run once for all releases that have it: what it leads to must be in the API server.</param>
/// <param name="Acts">What people do, one after the other; the first begins the release.</param>
internal sealed record ReferenceRelease(string Name, Action<ReleaseWorld> Prepare, IReadOnlyList<PersonActs> Acts)
{
    /// <summary>Ends that are right besides that of the run without faults; each is the text of <see cref="ReleaseResult"/>.</summary>
    public Func<SingleFault, string, bool> AlsoRight { get; init; } = (_, _) => false;

    /// <summary>How long the world goes on between <see cref="Prepare"/> and the release: Prometheus knows of this time alone.</summary>
    public TimeSpan RunUp { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>By how much more an event that is late or lost may put off the end.</summary>
    public TimeSpan EventSlack { get; init; }

    /// <summary>What must hold at the end without faults, so that the reference is the release that its name says.</summary>
    public required Action<ReleaseWorld> Expected { get; init; }
}
