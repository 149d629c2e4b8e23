namespace Sluice.Benchmarks.Setup;

/// <summary>Waits for what a process brings about.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <exception cref="TimeoutException">It did not come about.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what, TimeSpan within, CancellationToken ct)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(within.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            if (TimeProvider.System.GetTimestamp() > end) throw new TimeoutException($"{what}: not within {within}");
            await Task.Delay(Look, TimeProvider.System, ct);
        }
    }
}
