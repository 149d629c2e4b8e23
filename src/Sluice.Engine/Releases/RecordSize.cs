using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>
/// Each Release keeps the whole plan, and the story of its end with it: a plan that leaves no room for the story is none. Without a limit a history of a
/// hundred Releases could fill the API server's storage, whose objects end at 1.5 MiB.
/// </summary>
internal static class RecordSize
{
    /// <summary>Bytes of JSON. A Release stays under 256 KiB with what is left for its status and metadata.</summary>
    private const int Most = 160 * 1024;

    // As an API server stores it: only what must be is escaped.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = int.MaxValue };

    /// <summary>What is too large, by the largest field; null when the record is small enough.</summary>
    public static FieldError? Check(ReleaseSpec record)
    {
        (string Field, int Bytes)[] parts =
        [
            ("spec.template", Bytes(record.Template, ApiJsonContext.Default.PodTemplate)),
            ("spec.strategy", Bytes(record.Strategy, ApiJsonContext.Default.RolloutStrategy)),
            ("spec.migration", Bytes(record.Migration, ApiJsonContext.Default.RolloutMigration)),
            ("spec.analysis", Bytes(record.Analysis, ApiJsonContext.Default.AnalysisSpec)),
        ];
        var all = parts.Sum(part => part.Bytes);
        var largest = parts.MaxBy(part => part.Bytes);
        return all <= Most
            ? null
            : new FieldError(largest.Field, $"{largest.Bytes} bytes of JSON are too many: template, strategy, migration and analysis are kept in each Release and may have {Most} together, not {all}");
    }

    private static int Bytes<T>(T? part, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        if (part is null) return 0;

        using var counted = new MemoryStream();
        using (var writer = new Utf8JsonWriter(counted, Writing)) JsonSerializer.Serialize(writer, part, typeInfo);
        return (int)counted.Length;
    }
}
