namespace Sluice.Kubernetes.Runtime;

/// <summary>How long a key waits after failures in a row: as the default rate limiter of Kubernetes' work queues, 5 ms, doubled by each, up to a longest wait.</summary>
/// <param name="Longest">1000 s in Kubernetes' default.</param>
public readonly record struct KeyBackoff(TimeSpan Longest)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);

    public static KeyBackoff Default { get; } = new(TimeSpan.FromSeconds(1000));

    /// <summary>The wait after one failure more than <paramref name="before"/>.</summary>
    public TimeSpan After(int before)
    {
        var delay = First * Math.Pow(2, Math.Min(before, 30));
        return delay < Longest ? delay : Longest;
    }
}
