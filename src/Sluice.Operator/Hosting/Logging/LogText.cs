using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Sluice.Operator.Hosting.Logging;

/// <summary>What both formats of the log have in common.</summary>
internal static class LogText
{
    /// <summary>UTC, to the millisecond.</summary>
    public static string Timestamp(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
