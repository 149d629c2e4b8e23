namespace Sluice.Simulation.Exhaustive;

/// <summary>What may befall one API call of the operator.</summary>
internal enum CallFault
{
    /// <summary>The operator dies before the call is sent, and is started again.</summary>
    CrashBefore,

    /// <summary>The call is carried out; the operator dies before it has the answer, which to the rest of the world is the same as dying with it.</summary>
    CrashAfter,

    /// <summary>409: somebody else was first.</summary>
    Conflict,

    /// <summary>410: of a list, whose version is too old.</summary>
    Gone,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>No answer in time, though the call was carried out.</summary>
    TimeoutCommitted,

    /// <summary>No answer in time, and the call never arrived.</summary>
    TimeoutLost,
}
