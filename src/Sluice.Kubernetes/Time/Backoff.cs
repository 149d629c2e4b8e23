namespace Sluice.Kubernetes.Time;

/// <summary>
/// Growing pauses between failures: the base doubles from <paramref name="first"/>; a pause lies between the base and twice the base,
/// and never above <paramref name="longest"/>. 0.8 s and 30 s give 0.8 to 1.6 s, 1.6 to 3.2 s, … 15 to 30 s.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, TimeSpan healthyAfter, Jitter jitter)
{
    private int failures;

    /// <summary>The pause after a failure, before which things went well for <paramref name="healthyFor"/>.</summary>
    public TimeSpan Next(TimeSpan healthyFor)
    {
        if (healthyFor >= healthyAfter)
            failures = 0;

        var highestBase = longest / 2;
        var doubled = first * Math.Pow(2, failures);
        if (doubled < highestBase)
            failures++;

        var pause = doubled < highestBase ? doubled : highestBase;
        return jitter.Between(pause, pause * 2);
    }
}
