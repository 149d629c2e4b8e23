using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Sluice.Operator.Telemetry;

namespace Sluice.Operator.Tests.Telemetry;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly Meter _meter = new($"Test.{Guid.NewGuid()}");
    private readonly PrometheusExporter _exporter = new();
    private readonly MeterProvider _provider;

    public PrometheusExporterTests() =>
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddReader(new BaseExportingMetricReader(_exporter)).Build();

    public void Dispose()
    {
        _provider.Dispose();
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Nothing_measured_is_an_empty_page() => _exporter.Scrape().ShouldBeEmpty();

    [Fact]
    public void A_counter_is_cumulative_and_ends_in_total()
    {
        var counter = _meter.CreateCounter<long>("reconciles", description: "Reconciles.");
        counter.Add(2, new("result", "success"), new("controller", "rollout"));
        counter.Add(1, new("result", "error"), new("controller", "rollout"));
        _exporter.Scrape();
        counter.Add(3, new("result", "success"), new("controller", "rollout"));

        Scraped(
            "# HELP reconciles_total Reconciles.",
            "# TYPE reconciles_total counter",
            "reconciles_total{controller=\"rollout\",result=\"success\"} 5",
            "reconciles_total{controller=\"rollout\",result=\"error\"} 1");
    }

    [Fact]
    public void A_name_that_ends_in_total_keeps_it()
    {
        _meter.CreateCounter<double>("seconds_total", description: "Seconds.").Add(1.5);

        Scraped("# HELP seconds_total Seconds.", "# TYPE seconds_total counter", "seconds_total 1.5");
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge()
    {
        var workers = _meter.CreateUpDownCounter<long>("active_workers", description: "Workers.");
        workers.Add(3);
        workers.Add(-1);
        _meter.CreateGauge<int>("leads", description: "Leads.").Record(1, new KeyValuePair<string, object?>("name", "sluice"));
        _meter.CreateObservableGauge("rate", () => double.PositiveInfinity, description: "Rate.");

        Scraped(
            "# HELP active_workers Workers.",
            "# TYPE active_workers gauge",
            "active_workers 2",
            "# HELP leads Leads.",
            "# TYPE leads gauge",
            "leads{name=\"sluice\"} 1",
            "# HELP rate Rate.",
            "# TYPE rate gauge",
            "rate +Inf");
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_up_to_infinity()
    {
        var durations = _meter.CreateHistogram("duration_seconds", "s", "Durations.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.5, 10] });
        foreach (var value in (double[])[0.0005, 0.25, 0.5, 3, 40]) durations.Record(value, new KeyValuePair<string, object?>("controller", "rollout"));

        Scraped(
            "# HELP duration_seconds Durations.",
            "# TYPE duration_seconds histogram",
            "duration_seconds_bucket{controller=\"rollout\",le=\"0.001\"} 1",
            "duration_seconds_bucket{controller=\"rollout\",le=\"0.5\"} 3",
            "duration_seconds_bucket{controller=\"rollout\",le=\"10\"} 4",
            "duration_seconds_bucket{controller=\"rollout\",le=\"+Inf\"} 5",
            "duration_seconds_sum{controller=\"rollout\"} 43.7505",
            "duration_seconds_count{controller=\"rollout\"} 5");
    }

    [Fact]
    public void A_histogram_without_labels_has_only_its_bounds()
    {
        _meter.CreateHistogram("size", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }).Record(2);

        Scraped("# HELP size ", "# TYPE size histogram", "size_bucket{le=\"1\"} 0", "size_bucket{le=\"+Inf\"} 1", "size_sum 2", "size_count 1");
    }

    [Fact]
    public void What_the_format_cannot_hold_is_escaped_or_replaced()
    {
        _meter.CreateUpDownCounter<long>("first.thing-ever", description: "back\\slash\nand line").Add(1,
            new("a.b", "quote \" backslash \\ line\nend"), new("a_b", "same"), new("0", null));

        Scraped(
            @"# HELP first_thing_ever back\\slash\nand line",
            "# TYPE first_thing_ever gauge",
            @"first_thing_ever{_0="""",a_b=""quote \"" backslash \\ line\nend;same""} 1");
    }

    [Fact]
    public void Two_instruments_of_one_name_are_one_family()
    {
        using var other = new Meter(_meter.Name, "2");
        _meter.CreateUpDownCounter<long>("depth", description: "Depth.").Add(1, new KeyValuePair<string, object?>("name", "a"));
        other.CreateUpDownCounter<long>("depth", description: "Other.").Add(2, new KeyValuePair<string, object?>("name", "b"));

        Scraped("# HELP depth Depth.", "# TYPE depth gauge", "depth{name=\"a\"} 1", "depth{name=\"b\"} 2");
    }

    [Fact]
    public async Task Scrapes_at_the_same_time_each_get_a_whole_page()
    {
        _meter.CreateCounter<long>("hits_total", description: "Hits.").Add(7);

        var pages = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(_exporter.Scrape)));

        pages.ShouldAllBe(page => page == "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total 7\n");
    }

    [Fact]
    public async Task Promtool_finds_no_fault()
    {
        _meter.CreateCounter<long>("tests_total", description: "Tests, with a \\ and a\nline.").Add(1, new("name", "a \"b\" \\ \n"), new("le.x", 1.5));
        _meter.CreateHistogram<double>("test_duration_seconds", description: "Durations.").Record(0.1, new KeyValuePair<string, object?>("name", ""));
        _meter.CreateGauge<double>("test_ratio", description: "Ratio.").Record(double.NaN);

        await Promtool.CheckAsync(_exporter.Scrape(), TestContext.Current.CancellationToken);
    }

    private void Scraped(params string[] lines) => _exporter.Scrape().ShouldBe(string.Concat(lines.Select(line => line + "\n")));
}
