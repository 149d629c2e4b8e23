namespace Sluice.Simulation.Randomised;

/// <summary>Kinds of disturbances that belong together: a history draws a few of them.</summary>
internal enum DisturbanceFamily
{
    /// <summary>People change the spec: what makes releases happen at all.</summary>
    Spec,
    Decisions,

    /// <summary>People delete, scale and change what is the operator's.</summary>
    Meddling,
    Pods,
    Operators,
    Clocks,
    Calls,
    Caches,
    Metrics,

    /// <summary>What only some histories have; never drawn with the others.</summary>
    Features,
}
