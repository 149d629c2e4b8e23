using Sluice.Operator.Metrics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>PromQL of a user's.</summary>
public sealed class FreeQueryTests(LivePrometheus prometheus) : LiveTests(prometheus)
{
    [Fact]
    public async Task Free_queries_give_the_same_counts_as_the_built_in_one()
    {
        Pods.Add("free-7b21-a", "200", 100);
        Pods.Add("free-7b21-a", "500", 100);
        var from = await SettledAsync("free-.*", 200);
        Pods.Add("free-7b21-a", "200", 30);
        Pods.Add("free-7b21-a", "500", 10);
        await Prometheus.SeesAsync(Sum("free-.*"), 240);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        var query = new MetricQuery.ErrorRateQueries(
            """sum(increase(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}",code=~"{{errors}}"}[{{window}}]))""",
            """sum(increase(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}"}[{{window}}]))""");
        var request = Given.Request(from, query, "free") with { Args = new Dictionary<string, string> { ["errors"] = "5.." } };
        var counts = (await Prometheus.MeasureAsync(request)).ShouldBeOfType<MeasurementValue.Counts>();

        var samples = await Prometheus.SamplesAsync("free-7b21-a", from);
        ShouldBeGrowth(counts.CanaryErrors, 10, samples, extrapolatedIntervals: 2.2);
        ShouldBeGrowth(counts.CanaryRequests, 40, samples, extrapolatedIntervals: 2.2);
        counts.StableRequests.ShouldBe(0);
    }

    [Fact]
    public async Task Several_series_an_empty_one_NaN_and_a_bad_query_are_no_data_of_a_threshold()
    {
        Pods.Add("many-7b21-a", "200", 1);
        Pods.Add("many-7b21-b", "200", 1);
        await Prometheus.SeesAsync(Sum("many-.*"), 2);
        await LivePrometheus.ScrapesAsync(Pods, 1);

        (await ThresholdAsync("count(http_requests_total{pod=~\"{{pods}}\"})")).ShouldBe(new MeasurementValue.Scalar(2));
        (await ThresholdAsync("scalar(vector(7))")).ShouldBe(new MeasurementValue.Scalar(7));
        (await ReasonAsync("http_requests_total{pod=~\"{{pods}}\"}")).ShouldBe(new NoDataReason.SeveralSeries(2));
        (await ReasonAsync("absent_metric")).ShouldBe(new NoDataReason.Empty());
        (await ReasonAsync("vector(0) / vector(0)")).ShouldBe(new NoDataReason.NotANumber());
        (await ReasonAsync("scalar(vector(1) / vector(0))")).ShouldBe(new NoDataReason.Infinite());
        (await ReasonAsync("sum(")).ShouldBeOfType<NoDataReason.QueryError>().Message.ShouldContain("parse error");
        (await ReasonAsync("http_requests_total[1m]")).ShouldBeOfType<NoDataReason.QueryError>();
        (await ReasonAsync("\"text\"")).ShouldBeOfType<NoDataReason.QueryError>();
    }

    private Task<MeasurementValue> ThresholdAsync(string query) =>
        Prometheus.MeasureAsync(Given.Request(LivePrometheus.Now.AddSeconds(-5), new MetricQuery.Threshold(query), "many"));

    private async Task<NoDataReason> ReasonAsync(string query) => (await ThresholdAsync(query)).ShouldBeOfType<MeasurementValue.NoData>().Reason;
}
