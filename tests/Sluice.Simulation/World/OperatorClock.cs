namespace Sluice.Simulation.World;

/// <summary>The clock of one operator: the wall clock may be wrong, and jump; timers and timestamps run as those of the cluster.</summary>
internal sealed class OperatorClock(TimeProvider cluster) : TimeProvider
{
    /// <summary>How far its wall clock is ahead of the API server's; negative where it is behind.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => cluster.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => cluster.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => cluster.GetUtcNow() + Skew;

    public override long GetTimestamp() => cluster.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => cluster.CreateTimer(callback, state, dueTime, period);
}
