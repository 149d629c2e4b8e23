using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>Series that appear within a segment, or never.</summary>
public sealed class NewSeriesTests(LivePrometheus prometheus) : LiveTests(prometheus)
{
    [Fact]
    public async Task Errors_counted_before_the_first_scrape_of_ten_new_pods_are_all_there()
    {
        Pods.Add("fresh-6f9c-old", "200", 1000);
        var from = await SettledAsync("fresh-.*", 1000);
        for (var i = 0; i < 10; i++)
        {
            Pods.Add($"fresh-7b21-pod{i}", "200", 9);
            Pods.Add($"fresh-7b21-pod{i}", "500", 1);
            Pods.Add($"fresh-6f9c-pod{i}", "200", 20);
        }

        await Prometheus.SeesAsync(Sum("fresh-.*"), 1300);

        var counts = await CountsAsync("fresh", from);
        counts.ShouldBe(new MeasurementValue.Counts(100, 10, 200, 0));
    }

    [Fact]
    public async Task An_error_series_born_within_the_segment_counts_from_zero()
    {
        Pods.Add("born-7b21-a", "200", 100);
        var from = await SettledAsync("born-.*", 100);
        Pods.Add("born-7b21-a", "200", 50);
        Pods.Add("born-7b21-a", "503", 3);
        await Prometheus.SeesAsync(Sum("born-.*"), 153);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        var counts = await CountsAsync("born", from);
        counts.CanaryErrors.ShouldBe(3);
        ShouldBeGrowth(counts.CanaryRequests - 3, 50, await Prometheus.SamplesAsync("born-7b21-a", from));
    }

    [Fact]
    public async Task Requests_without_an_error_series_are_zero_errors()
    {
        Pods.Add("clean-7b21-a", "200", 100);
        Pods.Add("clean-6f9c-a", "200", 100);
        var from = await SettledAsync("clean-.*", 200);
        Pods.Add("clean-7b21-a", "200", 40);
        Pods.Add("clean-6f9c-a", "200", 60);
        await Prometheus.SeesAsync(Sum("clean-.*"), 300);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        var counts = await CountsAsync("clean", from);
        counts.CanaryErrors.ShouldBe(0);
        counts.StableErrors.ShouldBe(0);
        ShouldBeGrowth(counts.CanaryRequests, 40, await Prometheus.SamplesAsync("clean-7b21-a", from));
        ShouldBeGrowth(counts.StableRequests, 60, await Prometheus.SamplesAsync("clean-6f9c-a", from));
    }
}
