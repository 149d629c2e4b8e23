using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Diagnostics;

namespace Sluice.Kubernetes.Runtime;

/// <summary>How controllers run.</summary>
public sealed class ControllerManagerOptions
{
    /// <summary>Every key is reconciled again after this long (give or take a tenth), whatever was missed.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromHours(10);

    /// <summary>How long reconciles may go on after a stop before they are cancelled.</summary>
    public TimeSpan FinishWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long cancelled reconciles may take to end.</summary>
    public TimeSpan CancelWithin { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Spreads resyncs.</summary>
    public Random Random { get; init; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public RuntimeMetrics? Metrics { get; init; }

    /// <summary>When it closes, reconciles are cancelled at once; null for a process without leader election.</summary>
    public WriteGate? Gate { get; init; }
}
