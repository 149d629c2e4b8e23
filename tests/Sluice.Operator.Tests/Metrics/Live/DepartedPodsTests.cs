using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>Pods that go or restart within a segment.</summary>
public sealed class DepartedPodsTests(LivePrometheus prometheus) : LiveTests(prometheus)
{
    [Fact]
    public async Task Pods_that_vanished_within_the_segment_still_count()
    {
        Pods.Add("gone-7b21-a", "200", 10);
        Pods.Add("gone-7b21-b", "200", 10);
        Pods.Add("gone-7b21-b", "500", 10);
        var from = await SettledAsync("gone-.*", 30);
        Pods.Add("gone-7b21-a", "200", 30);
        Pods.Add("gone-7b21-b", "500", 20);
        await Prometheus.SeesAsync(Sum("gone-.*"), 80);
        await LivePrometheus.ScrapesAsync(Pods, 1);
        Pods.Remove("gone-7b21-b");
        await Prometheus.SeesAsync(Sum("gone-.*"), 40);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        var counts = await CountsAsync("gone", from);
        var samples = await Prometheus.SamplesAsync("gone-7b21-b", from);
        ShouldBeGrowth(counts.CanaryErrors, 20, samples);
        ShouldBeGrowth(counts.CanaryRequests, 50, samples);
    }

    [Fact]
    public async Task A_counter_reset_loses_nothing_that_was_scraped()
    {
        Pods.Add("reset-7b21-a", "500", 1000);
        var from = await SettledAsync("reset-.*", 1000);
        Pods.Add("reset-7b21-a", "500", 40);
        await Prometheus.SeesAsync(Sum("reset-.*"), 1040);
        await LivePrometheus.ScrapesAsync(Pods, 1);
        Pods.Reset("reset-7b21-a");
        Pods.Add("reset-7b21-a", "500", 25);
        await Prometheus.SeesAsync(Sum("reset-.*"), 25);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        var counts = await CountsAsync("reset", from);
        ShouldBeGrowth(counts.CanaryErrors, 65, await Prometheus.SamplesAsync("reset-7b21-a", from));
        counts.CanaryRequests.ShouldBe(counts.CanaryErrors);
    }
}
