using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Leadership;

/// <summary>Which lease, and how fast it changes hands.</summary>
public sealed class LeaderElectionOptions
{
    /// <summary>Of <see cref="LeaseDuration"/>.</summary>
    public static readonly TimeSpan DefaultLeaseDuration = TimeSpan.FromSeconds(15);

    /// <summary>Of <see cref="RenewDeadline"/>.</summary>
    public static readonly TimeSpan DefaultRenewDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Of <see cref="RetryPeriod"/>.</summary>
    public static readonly TimeSpan DefaultRetryPeriod = TimeSpan.FromSeconds(2);

    public required string LeaseNamespace { get; init; }

    public required string LeaseName { get; init; }

    /// <summary>Unique to this process, such as the pod's name and a random suffix.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after the last renewal before they take over; whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = DefaultLeaseDuration;

    /// <summary>How long after its last renewal the leader may write; then it gives up.</summary>
    public TimeSpan RenewDeadline { get; init; } = DefaultRenewDeadline;

    /// <summary>Between renewals, and between attempts to acquire.</summary>
    public TimeSpan RetryPeriod { get; init; } = DefaultRetryPeriod;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Spreads the attempts of several standbys.</summary>
    public Random Random { get; init; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public RuntimeMetrics? Metrics { get; init; }

    /// <summary>Refuses timings under which two processes could lead at once.</summary>
    /// <exception cref="KubernetesConfigurationException">Says which relation does not hold.</exception>
    public void Validate()
    {
        if (string.IsNullOrEmpty(Identity) || string.IsNullOrEmpty(LeaseName) || string.IsNullOrEmpty(LeaseNamespace))
            throw new KubernetesConfigurationException("leader election needs an identity, a lease and its namespace");

        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new KubernetesConfigurationException("the lease duration must be whole seconds, at least one");

        if (RenewDeadline >= LeaseDuration)
            throw new KubernetesConfigurationException("the renew deadline must be shorter than the lease duration: the leader must stop before others start");

        if (RetryPeriod <= TimeSpan.Zero || RetryPeriod * LeaderElector.AcquireJitter >= RenewDeadline)
            throw new KubernetesConfigurationException($"the retry period, times {LeaderElector.AcquireJitter}, must be shorter than the renew deadline");
    }
}
