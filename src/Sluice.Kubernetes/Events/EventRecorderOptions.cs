using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Events;

/// <summary>Who records, and how much.</summary>
public sealed class EventRecorderOptions
{
    /// <summary>The controller's name, such as <c>sluice.dev/operator</c>.</summary>
    public required string ReportingController { get; init; }

    /// <summary>This process, such as the pod's name.</summary>
    public required string ReportingInstance { get; init; }

    /// <summary>Events that may wait to be sent; what comes on top is dropped and counted.</summary>
    public int QueueCapacity { get; init; } = 1000;

    /// <summary>Events of one type, Normal or Warning, that an object may have in a burst …</summary>
    public int BurstPerObject { get; init; } = 25;

    /// <summary>… and how long until it may have one more.</summary>
    public TimeSpan RefillPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An event that was not repeated for this long starts a new one.</summary>
    public TimeSpan SeriesEndsAfter { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>How long after a stop what waits is still sent.</summary>
    public TimeSpan DrainWithin { get; init; } = TimeSpan.FromSeconds(3);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public RuntimeMetrics? Metrics { get; init; }
}
