using Sluice.Operator.Metrics;
using Sluice.Kubernetes.Time;

namespace Sluice.Simulation.World;

/// <summary>What the production code makes of the answers of the simulated Prometheus.</summary>
public sealed class PrometheusFaultTests : IDisposable
{
    private readonly VirtualTimeProvider time = new();
    private readonly VirtualPrometheus prometheus;
    private readonly VirtualMeasurements measurements;

    public PrometheusFaultTests()
    {
        prometheus = new VirtualPrometheus(time, () => null, TimeSpan.FromSeconds(5)) { ThresholdValue = 0.5 };
        measurements = prometheus.MeasurementsOf(time);
    }

    [Theory]
    [InlineData(PrometheusFault.NotANumber, "NaN")]
    [InlineData(PrometheusFault.Infinite, "infinite")]
    [InlineData(PrometheusFault.NegativeInfinite, "infinite")]
    [InlineData(PrometheusFault.SeveralSeries, "2 series where one is meant")]
    [InlineData(PrometheusFault.Empty, "no data")]
    [InlineData(PrometheusFault.Unavailable, "HTTP 503")]
    [InlineData(PrometheusFault.QueryError, "query error: query processing would load too many samples")]
    [InlineData(PrometheusFault.LoginPage, "the answer is not Prometheus' JSON")]
    [InlineData(PrometheusFault.Refused, "the source cannot be reached")]
    [InlineData(PrometheusFault.BrokenOff, "the connection broke")]
    [InlineData(PrometheusFault.Timeout, "timeout")]
    internal void An_answer_that_is_none_is_no_number(PrometheusFault fault, string reason)
    {
        prometheus.Fault = fault;

        Measured().Value.ShouldBeOfType<MeasurementValue.NoData>().Reason.ToString().ShouldBe(reason);
    }

    [Fact]
    public void A_slow_answer_is_about_the_moment_at_which_its_turn_came_and_comes_when_it_comes()
    {
        var asked = time.GetUtcNow();
        prometheus.AnswerTime = TimeSpan.FromSeconds(40);

        var result = Measured();

        result.Value.ShouldBe(new MeasurementValue.Scalar(0.5));
        result.At.ShouldBe(asked + TimeSpan.FromSeconds(20));
        result.FinishedAt.ShouldBe(asked + TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void What_takes_longer_than_the_source_may_is_a_timeout()
    {
        prometheus.AnswerTime = VirtualPrometheus.SourceTimeout + TimeSpan.FromSeconds(1);

        Measured().Value.ShouldBe(new MeasurementValue.NoData(new NoDataReason.Timeout()));
    }

    [Fact]
    public void A_counter_that_begins_again_has_grown_by_what_it_counted_before_and_since()
    {
        var series = new CounterSeries();
        var start = time.GetUtcNow();
        foreach (var (second, value) in new[] { (0, 100.0), (5, 110.0), (10, 4.0), (15, 6.0) }) series.Add(start.AddSeconds(second), value);

        series.Growth(start, start.AddSeconds(15)).ShouldBe(16);
        series.Growth(start.AddSeconds(5), start.AddSeconds(12)).ShouldBe(4);
        series.Growth(start.AddSeconds(-1), start).ShouldBe(100);
        series.NewestAt(start.AddMinutes(4)).ShouldBe(start.AddSeconds(15));
        series.NewestAt(start.AddMinutes(6)).ShouldBeNull();
    }

    public void Dispose()
    {
        measurements.Dispose();
        prometheus.Dispose();
    }

    private MeasurementResult Measured()
    {
        var request = new MeasurementRequest
        {
            Rollout = new MeasuredRollout("shop", "payments", "uid"),
            Metric = "latency",
            Source = "default",
            Query = new MetricQuery.Threshold("scalar(latency)"),
            CanaryRevision = "0000000000",
            From = time.GetUtcNow() - TimeSpan.FromMinutes(1),
        };
        measurements.Request(request).ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(2));
        return measurements.Latest("uid").ShouldHaveSingleItem();
    }
}
