using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Hosting.Logging;

internal static class LoggingServices
{
    /// <summary>Logs to standard error, one record a line. The host's own records count from warnings on: ours tell the same better.</summary>
    public static void AddOperatorLogging(this ILoggingBuilder logging, OperatorOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", Max(options.LogLevel, LogLevel.Warning));
        logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<TextLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsole();
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.FormatterName = options.LogFormat == LogFormat.Json ? JsonLineFormatter.FormatterName : TextLineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }

    private static LogLevel Max(LogLevel left, LogLevel right) => left > right ? left : right;
}
