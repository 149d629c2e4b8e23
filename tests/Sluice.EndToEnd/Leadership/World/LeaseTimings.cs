namespace Sluice.EndToEnd.Leadership.World;

/// <summary>The operator's flags of leader election, in seconds.</summary>
internal sealed record LeaseTimings(int LeaseSeconds, double RenewDeadline, double RetryPeriod)
{
    /// <summary>What the operator does when it is told nothing.</summary>
    public static LeaseTimings Default { get; } = new(15, 10, 2);

    /// <summary>For scenarios in which it does not matter how long a takeover takes, and generous enough for a machine that is busy.</summary>
    public static LeaseTimings Brief { get; } = new(8, 6, 1);

    public TimeSpan Duration => TimeSpan.FromSeconds(LeaseSeconds);

    public IReadOnlyList<string> Flags => this == Default
        ? []
        : [
            "--leader-election-lease-duration", FormattableString.Invariant($"{LeaseSeconds}s"),
            "--leader-election-renew-deadline", FormattableString.Invariant($"{RenewDeadline}s"),
            "--leader-election-retry-period", FormattableString.Invariant($"{RetryPeriod}s"),
        ];
}
