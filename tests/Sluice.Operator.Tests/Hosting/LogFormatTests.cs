using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sluice.Operator.Hosting.Logging;
using Sluice.Kubernetes.Time;

namespace Sluice.Operator.Tests.Hosting;

public sealed class LogFormatTests
{
    private static readonly VirtualTimeProvider Time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void JSON_is_one_object_a_line_with_the_messages_own_fields() =>
        Format(new JsonLineFormatter(Time), LogLevel.Warning, null).ShouldBe(
            """{"time":"2030-01-02T03:04:05.678Z","level":"warning","logger":"Sluice.Test","event":42,"msg":"3 pods of \"shop\" <late>","pods":3,"namespace":"shop"}""" + "\n");

    [Fact]
    public void JSON_keeps_an_exception_on_the_same_line()
    {
        var line = Format(new JsonLineFormatter(Time), LogLevel.Error, new InvalidOperationException("first\nsecond"));

        line.Count(letter => letter == '\n').ShouldBe(1);
        JsonDocument.Parse(line).RootElement.GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("first\nsecond");
    }

    [Fact]
    public void Text_is_a_line_for_people() =>
        Format(new TextLineFormatter(Time), LogLevel.Information, null).ShouldBe("2030-01-02T03:04:05.678Z INFO    3 pods of \"shop\" <late>\n");

    [Fact]
    public void Text_puts_an_exception_below() =>
        Format(new TextLineFormatter(Time), LogLevel.Error, new InvalidOperationException("broken")).ShouldBe(
            "2030-01-02T03:04:05.678Z ERROR   3 pods of \"shop\" <late>\nSystem.InvalidOperationException: broken\n");

    private static string Format(ConsoleFormatter formatter, LogLevel level, Exception? exception)
    {
        KeyValuePair<string, object?>[] state =
        [
            new("Pods", 3), new("Namespace", "shop"), new("Level", "hides nothing"), new("{OriginalFormat}", "{Pods} pods of {Namespace}"),
        ];
        var writer = new StringWriter { NewLine = "\n" };
        formatter.Write(new LogEntry<KeyValuePair<string, object?>[]>(
            level, "Sluice.Test", new EventId(42), state, exception, static (_, _) => "3 pods of \"shop\" <late>"), null, writer);
        return writer.ToString();
    }
}
