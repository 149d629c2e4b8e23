using System.Collections.Concurrent;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Benchmarks.Setup;

/// <summary>What operators asked of the API server and wrote there; events, leases and the trial of identities apart.</summary>
internal sealed class RequestLog
{
    private const string Operator = "sluice-operator/";

    private readonly ConcurrentQueue<CommittedWrite> writes = new();
    private int reads;
    private int requests;

    /// <summary>Committed writes of operators, in order.</summary>
    public IReadOnlyCollection<CommittedWrite> Writes => writes;

    /// <summary>Requests that read, watches apart.</summary>
    public int Reads => Volatile.Read(ref reads);

    /// <summary>All requests but watches.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Keeps writes for later; off, it counts only.</summary>
    public bool KeepsWrites { get; set; }

    public static bool IsOperators(string userAgent) => userAgent.StartsWith(Operator, StringComparison.Ordinal);

    public void Note(ApiRequest request)
    {
        if (!IsOperators(request.UserAgent) || request.IsWatch || IsApart(request)) return;

        Interlocked.Increment(ref requests);
        if (!request.IsWrite) Interlocked.Increment(ref reads);
    }

    public void Note(CommittedWrite write)
    {
        if (KeepsWrites && IsOperators(write.UserAgent) && write.Resource is not ("events" or "leases")) writes.Enqueue(write);
    }

    private static bool IsApart(ApiRequest request) =>
        request.Path.Contains("/events", StringComparison.Ordinal) || request.Path.Contains("/leases", StringComparison.Ordinal) || request.Query.ContainsKey("dryRun");
}
