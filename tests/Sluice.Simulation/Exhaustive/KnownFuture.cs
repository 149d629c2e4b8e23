using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>How a run of a reference release went on from a state, with every promise kept.</summary>
/// <param name="Delay">By how much the run's fault may put off the outcome.</param>
/// <param name="Patience">How much longer than without a fault it was waited for the outcome.</param>
/// <param name="Result">What it led to.</param>
/// <param name="History">The whole run.</param>
internal sealed record KnownFuture(TimeSpan Delay, TimeSpan Patience, string Result, History History)
{
    /// <summary>Whether a run that allows for so much has been held to no less than what it allows.</summary>
    public bool IsGoodFor(TimeSpan delay, TimeSpan patience) => Delay <= delay && Patience <= patience;

    /// <summary>The history of another run from the same state: the rest at its end begins when what was lost is made good for.</summary>
    public History For(TimeSpan delay) => History with { Span = History.Span + delay - Delay };
}
