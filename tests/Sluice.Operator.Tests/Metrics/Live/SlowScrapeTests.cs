using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>Scrapes that take long, or never end.</summary>
public sealed class SlowScrapeTests(LivePrometheus prometheus) : LiveTests(prometheus)
{
    [Fact]
    public async Task Slow_scrapes_lose_nothing_and_failing_ones_make_the_data_stale()
    {
        var pods = Prometheus.SlowPods;
        pods.ScrapeDuration = TimeSpan.FromMilliseconds(300);
        pods.Add("slow-7b21-a", "200", 100);
        pods.Add("slow-6f9c-a", "200", 100);
        await Prometheus.SeesAsync(Sum("slow-.*"), 200);
        await LivePrometheus.ScrapesAsync(pods, 1);
        // At once, before the first scrape of the segment.
        var from = LivePrometheus.Now;
        pods.Add("slow-7b21-a", "200", 50);
        await Prometheus.SeesAsync(Sum("slow-.*"), 250);
        await LivePrometheus.ScrapesAsync(pods, 1);

        var counts = await CountsAsync("slow", from);
        ShouldBeGrowth(counts.CanaryRequests, 50, await Prometheus.SamplesAsync("slow-7b21-a", from));

        pods.ScrapeDuration = TimeSpan.FromMinutes(5);
        await Eventually.HoldsAsync(async () => await MeasureAsync("slow", from) is MeasurementValue.NoData { Reason: NoDataReason.Stale }, "stale");
    }
}
