namespace Sluice.Simulation.World.Promises;

/// <summary>Something that must hold whatever happens. One that remembers things is asked about every write, in their order.</summary>
internal interface IPromise
{
    /// <summary>
    /// Whether it holds even for a request that arrives when its sender has long given it up: then the world is another than the one it was sent into, and
    /// only versions and names protect it.
    /// </summary>
    bool HoldsForLateArrivals => false;

    /// <summary>Looks at a committed write of anybody; throws where the promise is broken.</summary>
    void Check(Write write);
}
