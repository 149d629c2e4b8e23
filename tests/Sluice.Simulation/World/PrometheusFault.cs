namespace Sluice.Simulation.World;

/// <summary>How Prometheus answers where it does not answer as it should; the production client and measurement read it.</summary>
internal enum PrometheusFault
{
    NotANumber,
    Infinite,
    NegativeInfinite,

    /// <summary>Each row twice, or two series where one is meant.</summary>
    SeveralSeries,
    Empty,

    /// <summary>503 with a page of HTML.</summary>
    Unavailable,

    /// <summary>422 with Prometheus' own error.</summary>
    QueryError,

    /// <summary>200 with a page of HTML.</summary>
    LoginPage,

    /// <summary>No connection.</summary>
    Refused,

    /// <summary>The connection breaks within the answer.</summary>
    BrokenOff,

    /// <summary>Nothing until the source's timeout.</summary>
    Timeout,
}
