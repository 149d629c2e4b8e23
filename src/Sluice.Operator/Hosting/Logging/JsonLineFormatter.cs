using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Operator.Hosting.Logging;

/// <summary>
/// A JSON object a line: <c>{"time":"2030-01-02T03:04:05.678Z","level":"info","logger":"Sluice.Operator","event":3001,"msg":"...","namespace":"shop"}</c>.
/// The message's own fields follow under their names, first letter in lower case.
/// </summary>
internal sealed class JsonLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "sluice-json";

    private const string Template = "{OriginalFormat}";

    /// <summary>Logs are read by people and collectors, never put into a page: quotes and angle brackets may stay as they are.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", LogText.Timestamp(time));
            json.WriteString("level", LogText.Level(logEntry.LogLevel));
            json.WriteString("logger", logEntry.Category);
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("msg", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } exception) json.WriteString("error", exception.ToString());
            WriteFields(json, logEntry.State);
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteFields<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> fields) return;

        var written = new HashSet<string> { "time", "level", "logger", "event", "msg", "error" };
        foreach (var (name, value) in fields)
        {
            if (name == Template || name.Length == 0) continue;

            var field = char.ToLowerInvariant(name[0]) + name[1..];
            if (written.Add(field)) WriteValue(json, field, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, string field, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(field);
                break;
            case bool flag:
                json.WriteBoolean(field, flag);
                break;
            case int number:
                json.WriteNumber(field, number);
                break;
            case long number:
                json.WriteNumber(field, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(field, number);
                break;
            default:
                json.WriteString(field, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
