using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Sluice.Operator.Telemetry;

/// <summary>All the series of one metric name, which the format wants together under one HELP and TYPE.</summary>
internal sealed class MetricFamily(string name, string type, string help)
{
    public const string Counter = "counter";
    public const string Gauge = "gauge";
    public const string Histogram = "histogram";

    private readonly StringBuilder _series = new();

    public string Name => name;

    public string Type => type;

    /// <summary>An empty family of this metric's kind; null for a kind that the text format has no form for.</summary>
    public static MetricFamily? For(Metric metric)
    {
        var name = PrometheusText.MetricName(metric.Name);
        return metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => new MetricFamily(WithTotal(name), Counter, metric.Description),
            MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic or MetricType.LongGauge or MetricType.DoubleGauge =>
                new MetricFamily(name, Gauge, metric.Description),
            MetricType.Histogram => new MetricFamily(name, Histogram, metric.Description),
            _ => null,
        };
    }

    public void Add(Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = Labels(point.Tags);
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Line("", labels, point.GetSumLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Line("", labels, point.GetSumDouble());
                    break;
                case MetricType.LongGauge:
                    Line("", labels, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleGauge:
                    Line("", labels, point.GetGaugeLastValueDouble());
                    break;
                default:
                    AddHistogram(point, labels);
                    break;
            }
        }
    }

    public void Write(StringBuilder text)
    {
        if (_series.Length == 0) return;

        text.Append("# HELP ").Append(name).Append(' ').Append(PrometheusText.Help(help)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        text.Append(_series);
    }

    private static string WithTotal(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name : name + "_total";

    /// <summary>Buckets are cumulative in the text and single in the SDK; the last bound is +Inf, whose count is the whole.</summary>
    private void AddHistogram(MetricPoint point, string labels)
    {
        var count = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var bound = $"le=\"{PrometheusText.Number(bucket.ExplicitBound)}\"";
            Line("_bucket", labels.Length == 0 ? bound : $"{labels},{bound}", count);
        }

        Line("_sum", labels, point.GetHistogramSum());
        Line("_count", labels, count);
    }

    private void Line(string suffix, string labels, long value) => Line(suffix, labels, value.ToString(CultureInfo.InvariantCulture));

    private void Line(string suffix, string labels, double value) => Line(suffix, labels, PrometheusText.Number(value));

    private void Line(string suffix, string labels, string value)
    {
        _series.Append(name).Append(suffix);
        if (labels.Length > 0) _series.Append('{').Append(labels).Append('}');
        _series.Append(' ').Append(value).Append('\n');
    }

    /// <summary>Two tags whose names become the same label share it, as OpenTelemetry's rules for Prometheus have it: <c>a.b</c> and <c>a_b</c>.</summary>
    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var label = PrometheusText.LabelName(key);
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels[label] = labels.TryGetValue(label, out var other) ? $"{other};{text}" : text;
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{PrometheusText.LabelValue(label.Value)}\""));
    }
}
