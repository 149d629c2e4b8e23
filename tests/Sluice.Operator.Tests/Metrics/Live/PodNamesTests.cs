using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>Whose requests are counted.</summary>
public sealed class PodNamesTests(LivePrometheus prometheus) : LiveTests(prometheus)
{
    [Fact]
    public async Task A_canary_without_requests_is_no_data()
    {
        Pods.Add("idle-7b21-a", "200", 100);
        Pods.Add("idle-6f9c-a", "200", 100);
        var from = await SettledAsync("idle-.*", 200);
        Pods.Add("idle-6f9c-a", "200", 60);
        await Prometheus.SeesAsync(Sum("idle-.*"), 260);

        (await MeasureAsync("idle", from)).ShouldBe(new MeasurementValue.NoData(new NoDataReason.Empty()));
        (await MeasureAsync("nobody", from)).ShouldBe(new MeasurementValue.NoData(new NoDataReason.Empty()));
    }

    [Fact]
    public async Task Revisions_and_Rollouts_whose_names_begin_alike_are_kept_apart()
    {
        Pods.Add("pay-6f9c-old", "200", 1000);
        Pods.Add("pay-7b21-6f9c-old", "200", 1000);
        var from = await SettledAsync("pay-.*", 2000);
        Pods.Add("pay-7b21-a", "200", 5);
        Pods.Add("pay-7b212-a", "200", 100);
        Pods.Add("pay-7b2-a", "200", 100);
        Pods.Add("pay-7b21-6f9c-a", "200", 100);
        Pods.Add("prepay-7b21-a", "200", 100);
        Pods.Add("pay-6f9c-a", "200", 7);
        await Prometheus.SeesAsync(Sum("(pre)?pay-.*"), 2412);

        (await CountsAsync("pay", from)).ShouldBe(new MeasurementValue.Counts(5, 0, 7, 0));
        (await CountsAsync("pay-7b21", from, canary: "6f9c", stable: null)).ShouldBe(new MeasurementValue.Counts(100, 0, 0, 0));
    }
}
