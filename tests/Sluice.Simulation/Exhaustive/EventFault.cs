namespace Sluice.Simulation.Exhaustive;

/// <summary>What may befall one watch event on its way to the operator.</summary>
internal enum EventFault
{
    /// <summary>It is lost, until the object's next event, or for the five minutes that a cache may take to list anew.</summary>
    Dropped,

    /// <summary>It arrives twice.</summary>
    Doubled,

    /// <summary>It, and all that follow it, arrive ten seconds late.</summary>
    Late,

    /// <summary>The cache of its resource stands still before it for one reconcile of the operator, while the others go on.</summary>
    UnseenByOneReconcile,

    /// <summary>The same for two reconciles.</summary>
    UnseenByTwoReconciles,

    /// <summary>The same for five reconciles.</summary>
    UnseenByFiveReconciles,
}
