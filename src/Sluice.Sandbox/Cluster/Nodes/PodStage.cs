namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>Where a pod is in its life on the node. Each case carries what its end depends on.</summary>
internal abstract record PodStage
{
    private PodStage()
    {
    }

    /// <summary>The image is there and the containers are being made.</summary>
    public sealed record Creating(DateTimeOffset Until) : PodStage;

    /// <summary>An attempt to pull the image has just failed.</summary>
    public sealed record PullFailed(int Failures, DateTimeOffset Until) : PodStage;

    public sealed record PullBackOff(int Failures, DateTimeOffset Until) : PodStage;

    /// <summary>Waits for something that does not come by itself.</summary>
    public sealed record Stuck(string Reason, string Message) : PodStage;

    public sealed record Running(DateTimeOffset Since, DateTimeOffset ReadyAt, DateTimeOffset? EndsAt, int ExitCode) : PodStage;

    /// <summary>The containers have ended and start again after <c>Until</c>; a wait of any length shows as CrashLoopBackOff.</summary>
    public sealed record BackOff(Run Last, TimeSpan Wait, DateTimeOffset Until) : PodStage;

    /// <summary>The containers have ended for good.</summary>
    public sealed record Ended(Run Last) : PodStage;

    /// <summary>The pod could not be run at all.</summary>
    public sealed record Rejected(string Reason, string Message) : PodStage;
}

/// <summary>One finished run of the containers.</summary>
internal sealed record Run(DateTimeOffset Since, DateTimeOffset Until, int ExitCode);
