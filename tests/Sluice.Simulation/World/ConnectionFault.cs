namespace Sluice.Simulation.World;

/// <summary>What may befall one request on its way to the API server.</summary>
internal enum ConnectionFault
{
    /// <summary>409, without anything done: of an update, a patch or a deletion.</summary>
    Conflict,

    /// <summary>410: of a list, whose version is too old.</summary>
    Gone,

    /// <summary>429 with Retry-After.</summary>
    TooManyRequests,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>The connection is cut before the request is sent.</summary>
    CutBefore,

    /// <summary>The connection is cut after the request was committed.</summary>
    CutAfter,

    /// <summary>No answer in time; the request never arrived.</summary>
    TimeoutLost,

    /// <summary>No answer in time; the request was carried out.</summary>
    TimeoutCommitted,

    /// <summary>No answer in time; the request arrives when the operator has long given it up.</summary>
    Held,
}
