namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>Decides how many requests each ready pod of a namespace receives.</summary>
public interface ITrafficSplit
{
    /// <summary>The requests per second of each pod, in the order given.</summary>
    IReadOnlyList<double> Spread(IReadOnlyList<ServedPod> ready);
}

/// <summary>A ready pod that serves requests; its rate is what its template says, for traffic that is spread evenly.</summary>
public sealed record ServedPod(string Namespace, string Name, IReadOnlyDictionary<string, string> Labels, double RequestsPerSecond)
{
    /// <summary>Whether it is behind a Service of that selector; one that is empty or null selects none.</summary>
    public bool IsSelectedBy(IReadOnlyDictionary<string, string>? selector) =>
        selector is { Count: > 0 } && selector.All(label => Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>
/// Each ready pod receives what its template says. So a Service's total is the sum over its ready pods: ten pods of 20 requests a second
/// serve 200, and one that is not ready takes its share away with it, as clients that are throttled by their servers do.
/// </summary>
public sealed class EvenTrafficSplit : ITrafficSplit
{
    public IReadOnlyList<double> Spread(IReadOnlyList<ServedPod> ready) => [.. ready.Select(pod => pod.RequestsPerSecond)];
}
