using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>What the tests against a real Prometheus share. Canary pods are <c>…-7b21-…</c>, stable ones <c>…-6f9c-…</c>.</summary>
public abstract class LiveTests(LivePrometheus prometheus) : IAsyncLifetime
{
    internal LivePrometheus Prometheus => prometheus;

    internal CounterEndpoint Pods => prometheus.Pods;

    public async ValueTask InitializeAsync() => await prometheus.StartedAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal static string Sum(string pods) => $"sum({CounterEndpoint.Counter}{{pod=~\"{pods}\"}})";

    /// <summary>
    /// Growth is exact but for pods that vanish, or were not scraped for a while: theirs is extrapolated by half a second at such an end. With n samples,
    /// a second apart, that is at most the factor 1 + 1/(n − 1). A plain increase is extrapolated by at most 1.1 intervals at each end.
    /// </summary>
    internal static void ShouldBeGrowth(double actual, double exact, double samples, double extrapolatedIntervals = 1)
    {
        samples.ShouldBeGreaterThan(2);
        actual.ShouldBeInRange(exact * 0.999, exact * (1 + (extrapolatedIntervals / (samples - 1))) * 1.001);
    }

    /// <summary>The start of a segment in which these series, summing up to this, are known already and have been scraped some times.</summary>
    internal async Task<DateTimeOffset> SettledAsync(string pods, double sum)
    {
        await Prometheus.SeesAsync(Sum(pods), sum);
        await LivePrometheus.ScrapesAsync(Pods, 1);
        var from = LivePrometheus.Now;
        await LivePrometheus.ScrapesAsync(Pods, 1);
        return from;
    }

    internal Task<MeasurementValue> MeasureAsync(string rollout, DateTimeOffset from) => prometheus.MeasureAsync(Given.Request(from, rollout: rollout));

    internal async Task<MeasurementValue.Counts> CountsAsync(string rollout, DateTimeOffset from, string canary = "7b21", string? stable = "6f9c")
    {
        // The instant is cut to whole seconds after the start: a second later, the last scrape is within it.
        var until = LivePrometheus.Now.AddSeconds(1.1);
        await Eventually.HoldsAsync(() => LivePrometheus.Now >= until, "a second");
        var request = Given.Request(from, rollout: rollout) with { CanaryRevision = canary, StableRevision = stable };
        var value = await Prometheus.MeasureAsync(request);
        return value.ShouldBeOfType<MeasurementValue.Counts>(value.ToString());
    }
}
