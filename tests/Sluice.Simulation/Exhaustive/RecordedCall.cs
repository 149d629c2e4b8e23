namespace Sluice.Simulation.Exhaustive;

/// <summary>One API call of the operator in a reference release.</summary>
/// <param name="Index">Its place among the calls, from 1.</param>
/// <param name="Place">Its place among calls and events together.</param>
/// <param name="Reconcile">The number of the reconcile that makes it.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query.</param>
internal sealed record RecordedCall(int Index, int Place, long Reconcile, string Method, string Path)
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

    /// <summary>
    /// The faults that a call like this may meet. An operator that has died calls nobody and remembers nothing: between a call of a reconcile and the next one there is
    /// but one moment to die in, and before a read none that is not there after it. Each is tried once.
    /// </summary>
    /// <param name="next">The call after this one; null where there is none.</param>
    public IEnumerable<CallFault> Faults(RecordedCall? next) => Enum.GetValues<CallFault>().Where(fault => fault switch
    {
        // A creation that conflicts finds its name taken: that is what a committed one with a lost answer leads to.
        CallFault.Conflict => Method is "PUT" or "PATCH" or "DELETE",
        CallFault.Gone => IsList,
        CallFault.CrashBefore or CallFault.TimeoutCommitted => Method != "GET",
        CallFault.CrashAfter => next?.Reconcile != Reconcile,
        _ => true,
    });

    public override string ToString() => $"{Method} {Target}";
}
