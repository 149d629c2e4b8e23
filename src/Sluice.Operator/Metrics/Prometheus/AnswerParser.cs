using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Operator.Metrics.Prometheus;

/// <summary>Reads the JSON of Prometheus' query API. Whatever the bytes are, the outcome is a value.</summary>
internal static class AnswerParser
{
    private const int LongestMessage = 200;

    /// <summary>An error that Prometheus explains comes with HTTP status 400, 422 or 503.</summary>
    public static QueryAnswer Parse(ReadOnlySpan<byte> body, int status)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(body, PrometheusJson.Default.PrometheusAnswer);
            return answer?.Status switch
            {
                "success" when status is >= 200 and < 300 => ReadData(answer.Data),
                "error" => ReadError(answer, status),
                _ => NotUnderstood(status),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no valid UTF-16 when it is unescaped.
            return NotUnderstood(status);
        }
    }

    private static QueryAnswer.NoData NotUnderstood(int status) =>
        status is >= 200 and < 300 ? No(new NoDataReason.NotJson()) : No(new NoDataReason.HttpError(status));

    private static QueryAnswer.NoData ReadError(PrometheusAnswer answer, int status) => answer.ErrorType switch
    {
        "timeout" or "canceled" => No(new NoDataReason.Timeout()),
        "bad_data" or "execution" => No(new NoDataReason.QueryError(Shorten(answer.Error))),
        _ when status is >= 200 and < 300 => No(new NoDataReason.QueryError(Shorten(answer.Error))),
        _ => No(new NoDataReason.HttpError(status)),
    };

    private static QueryAnswer ReadData(PrometheusData? data) => data?.ResultType switch
    {
        "scalar" => ReadPoint(data.Result) is { } point ? new QueryAnswer.Scalar(point.Value) : Malformed(),
        "vector" => ReadVector(data.Result),
        "matrix" => ReadMatrix(data.Result),
        "string" => No(new NoDataReason.QueryError("the result is a string, one number is meant")),
        _ => Malformed(),
    };

    private static QueryAnswer ReadVector(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Array) return Malformed();

        var samples = new List<Sample>(result.GetArrayLength());
        foreach (var element in result.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object) return Malformed();
            if (element.TryGetProperty("histogram", out _)) return HistogramFound();
            if (!element.TryGetProperty("value", out var value) || ReadPoint(value) is not { } point || ReadLabels(element) is not { } labels) return Malformed();
            samples.Add(new Sample(labels, point.Value));
        }

        return new QueryAnswer.Vector(samples);
    }

    private static QueryAnswer ReadMatrix(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Array) return Malformed();

        var series = new List<IReadOnlyList<Point>>(result.GetArrayLength());
        foreach (var element in result.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object) return Malformed();
            if (element.TryGetProperty("histograms", out _)) return HistogramFound();
            if (!element.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Array) return Malformed();

            var points = new List<Point>(values.GetArrayLength());
            foreach (var value in values.EnumerateArray())
            {
                if (ReadPoint(value) is not { } point) return Malformed();
                points.Add(point);
            }

            series.Add(points);
        }

        return new QueryAnswer.Matrix(series);
    }

    /// <summary><c>[1700000000.123, "42.5"]</c>, where the text may also be NaN, +Inf or -Inf.</summary>
    private static Point? ReadPoint(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 2) return null;
        if (element[0].ValueKind != JsonValueKind.Number || !element[0].TryGetDouble(out var at)) return null;
        if (element[1].ValueKind != JsonValueKind.String) return null;

        return element[1].GetString() switch
        {
            "NaN" => new Point(at, double.NaN),
            "+Inf" => new Point(at, double.PositiveInfinity),
            "-Inf" => new Point(at, double.NegativeInfinity),
            var text when double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out var number) => new Point(at, number),
            _ => null,
        };
    }

    private static Dictionary<string, string>? ReadLabels(JsonElement sample)
    {
        var labels = new Dictionary<string, string>();
        if (!sample.TryGetProperty("metric", out var metric)) return labels;
        if (metric.ValueKind != JsonValueKind.Object) return null;

        foreach (var label in metric.EnumerateObject())
        {
            if (label.Value.ValueKind != JsonValueKind.String) return null;
            labels[label.Name] = label.Value.GetString()!;
        }

        return labels;
    }

    private static string Shorten(string? message)
    {
        var text = string.IsNullOrWhiteSpace(message) ? "no message" : message.ReplaceLineEndings(" ");
        return text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
    }

    private static QueryAnswer.NoData HistogramFound() => No(new NoDataReason.QueryError("the result is a native histogram, one number is meant"));

    private static QueryAnswer.NoData Malformed() => No(new NoDataReason.NotJson());

    private static QueryAnswer.NoData No(NoDataReason reason) => new(reason);
}

internal sealed record PrometheusAnswer(string? Status, PrometheusData? Data, string? ErrorType, string? Error);

internal sealed record PrometheusData(string? ResultType, JsonElement Result);

[JsonSerializable(typeof(PrometheusAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class PrometheusJson : JsonSerializerContext;
