namespace Sluice.Sandbox.ApiServer;

/// <summary>
/// Where tests and the simulation look in and interfere. All are called on the thread of the request, under the server's gate:
/// so nothing else happens between a hook and what it surrounds. A hook that throws leaves the caller without an answer, as a lost connection does.
/// </summary>
public sealed class ApiServerHooks
{
    /// <summary>Before a request is carried out; an answer given here is sent in its place and nothing is carried out.</summary>
    public Func<ApiRequest, ApiResponse?>? BeforeCommit { get; set; }

    /// <summary>After a request was carried out and whatever it writes is committed; an answer given here is sent in place of the real one.</summary>
    public Func<ApiRequest, ApiResponse, ApiResponse?>? AfterCommit { get; set; }

    /// <summary>Every committed write, in the order of versions, before the request that caused it is answered.</summary>
    public Action<CommittedWrite>? Committed { get; set; }
}
