namespace Sluice.Simulation.Exhaustive;

/// <summary>One API call of the operator in a reference release.</summary>
/// <param name="Index">Its place among the calls, from 1.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query.</param>
internal sealed record RecordedCall(int Index, string Method, string Path)
{
    /// <summary>Resource and name, such as <c>rollouts/payments/status</c>.</summary>
    public string Target
    {
        get
        {
            var path = Path.Split('?')[0];
            var start = path.IndexOf("/namespaces/shop/", StringComparison.Ordinal);
            return start < 0 ? path : path[(start + "/namespaces/shop/".Length)..];
        }
    }

    public bool IsList => Method == "GET" && !Target.Contains('/', StringComparison.Ordinal);

    /// <summary>The faults that a call like this may meet.</summary>
    public IEnumerable<CallFault> Faults => Enum.GetValues<CallFault>().Where(fault => fault switch
    {
        // A creation that conflicts finds its name taken: that is what a committed one with a lost answer leads to.
        CallFault.Conflict => Method is "PUT" or "PATCH" or "DELETE",
        CallFault.Gone => IsList,
        CallFault.CrashAfterCommit or CallFault.TimeoutCommitted => Method != "GET",
        _ => true,
    });

    public override string ToString() => $"{Method} {Target}";
}
