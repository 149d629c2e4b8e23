namespace Sluice.Simulation.World.Promises;

/// <summary>A ReplicaSet's figures from a moment on.</summary>
internal sealed record PodCounts(DateTimeOffset At, int Wanted, int Pods, int Ready, int Available)
{
    /// <summary>It has as many pods as that, all available.</summary>
    public bool Is(int count) => Wanted == count && Pods == count && Available == count;
}
