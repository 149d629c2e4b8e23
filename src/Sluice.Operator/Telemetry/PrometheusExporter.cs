using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Sluice.Operator.Telemetry;

/// <summary>Renders a collection of OpenTelemetry's SDK as Prometheus text; collected when it is scraped.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock _gate = new();
    private string _rendered = "";

    /// <summary>Set by the reader that owns this exporter.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects now.</summary>
    /// <exception cref="InvalidOperationException">The exporter is in no reader, or collecting failed.</exception>
    public string Scrape()
    {
        lock (_gate)
        {
            return Collect?.Invoke(Timeout.Infinite) == true ? _rendered : throw new InvalidOperationException("The metrics could not be collected.");
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var families = new SortedDictionary<string, MetricFamily>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            if (MetricFamily.For(metric) is not { } family) continue;
            if (families.TryAdd(family.Name, family)) family.Add(metric);
            else if (families[family.Name].Type == family.Type) families[family.Name].Add(metric);
        }

        var text = new StringBuilder();
        foreach (var family in families.Values) family.Write(text);
        _rendered = text.ToString();
        return ExportResult.Success;
    }
}
