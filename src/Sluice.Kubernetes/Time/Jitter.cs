namespace Sluice.Kubernetes.Time;

/// <summary>A seeded source of jitter that several threads may draw from.</summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock gate = new();

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextDouble()
    {
        lock (gate)
        {
            return random.NextDouble();
        }
    }

    /// <summary>From <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + ((to - from) * NextDouble());
}
