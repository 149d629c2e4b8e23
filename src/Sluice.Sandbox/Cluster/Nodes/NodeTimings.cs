namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>How long the stages of a simulated pod take.</summary>
public sealed record NodeTimings
{
    /// <summary>From the pod's arrival on the node until its containers run: sandbox, image, start.</summary>
    public TimeSpan ContainerStart { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From the deletion until the containers have ended; the pod's own grace period bounds it.</summary>
    public TimeSpan Termination { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The share by which each stage is longer at most; drawn for each pod from the seed and its UID.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How long a pod of a Job runs that does not say.</summary>
    public TimeSpan JobDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a failed attempt to pull shows as such before the wait for the next one does.</summary>
    public TimeSpan PullAttempt { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first wait between attempts to start or pull, doubled each time (kubelet: 10 s).</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait between attempts (kubelet: 5 minutes).</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A container that ran this long starts with the first wait again (kubelet: 10 minutes).</summary>
    public TimeSpan BackoffReset { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait before attempt <paramref name="failures"/> + 1, the first failure having none. Example: 0, 10, 20, 40 … 300 s after failures 1, 2, 3, 4 … 7.</summary>
    public TimeSpan BackoffAfter(int failures)
    {
        if (failures <= 1) return TimeSpan.Zero;
        var wait = FirstBackoff * Math.Pow(2, Math.Min(failures - 2, 16));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }
}
