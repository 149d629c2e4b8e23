using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Operator.Hosting.Logging;

/// <summary>A line for people: <c>2030-01-02T03:04:05.678Z INFO  Controller rollout started with 4 workers</c>; an exception follows on lines of its own.</summary>
internal sealed class TextLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "sluice-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" ");
        textWriter.WriteLine($"{LogText.Timestamp(time)} {LogText.Level(logEntry.LogLevel).ToUpperInvariant(),-7} {message}");
        if (logEntry.Exception is { } exception) textWriter.WriteLine(exception.ToString());
    }
}
