using Microsoft.Extensions.Logging;

namespace Sluice.Operator.Hosting;

/// <summary>What the process says about itself; event ids are stable.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(3001, LogLevel.Information, "Sluice {Version} starts: {Options}")]
    public static partial void Starting(ILogger logger, string version, string options);

    [LoggerMessage(3002, LogLevel.Information, "Health at {Health}, metrics at {Metrics}")]
    public static partial void Serving(ILogger logger, string health, string metrics);

    [LoggerMessage(3003, LogLevel.Information, "Connecting to the API server at {Server}")]
    public static partial void Connecting(ILogger logger, string server);

    [LoggerMessage(3004, LogLevel.Warning, "Not ready after {Seconds:0.000} s: {Hindrance}")]
    public static partial void NotReady(ILogger logger, double seconds, string hindrance);

    [LoggerMessage(3005, LogLevel.Information, "Ready: caches are complete after {Seconds:0.000} s")]
    public static partial void Ready(ILogger logger, double seconds);

    [LoggerMessage(3006, LogLevel.Information, "Stopping: no new work is begun, what is under way may finish")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(3007, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3008, LogLevel.Critical, "The lease is lost: this process ends, so that it cannot write beside the new leader")]
    public static partial void LeadershipLost(ILogger logger);

    [LoggerMessage(3009, LogLevel.Critical, "The operator cannot go on")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(3010, LogLevel.Critical, "Cannot start: {Cause}")]
    public static partial void CannotStart(ILogger logger, string cause);

    [LoggerMessage(3011, LogLevel.Error, "Not everything ended within {Timeout}; the lease is left to expire")]
    public static partial void StoppedLate(ILogger logger, TimeSpan timeout);

    [LoggerMessage(3012, LogLevel.Warning, "No metric source is configured: Rollouts with an analysis will be refused")]
    public static partial void NoMetricSources(ILogger logger);
}
