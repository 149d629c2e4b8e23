using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class MeasurementTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(double.NaN, NoDataReason.NotANumber)]
    [InlineData(double.PositiveInfinity, NoDataReason.Infinite)]
    [InlineData(double.NegativeInfinity, NoDataReason.Infinite)]
    public void A_scalar_that_is_no_number_is_no_data(double value, NoDataReason reason) =>
        Measurement.OfScalar(Start, value).ShouldBe(new Measurement.NoData(reason));

    [Fact]
    public void A_scalar_is_kept_with_its_time() => Measurement.OfScalar(Start, -1.5).ShouldBe(new Measurement.Scalar(Start, -1.5));

    [Theory]
    [InlineData(double.NaN, 0, 1, 0, NoDataReason.NotANumber)]
    [InlineData(1, double.PositiveInfinity, 1, 0, NoDataReason.Infinite)]
    [InlineData(1, 0, 1, double.NaN, NoDataReason.NotANumber)]
    [InlineData(1, -1, 1, 0, NoDataReason.Malformed)]
    [InlineData(0, 0, 100, 1, NoDataReason.Empty)]
    [InlineData(0, 0, 0, 0, NoDataReason.Empty)]
    public void Counts_that_say_nothing_about_the_canary_are_no_data(double canary, double canaryErrors, double stable, double stableErrors, NoDataReason reason) =>
        Measurement.OfCounts(Start, Start.AddSeconds(30), new RequestCount(canary, canaryErrors), new RequestCount(stable, stableErrors))
            .ShouldBeOfType<Measurement.NoData>().Reason.ShouldBe(reason);

    [Fact]
    public void No_errors_and_no_traffic_to_stable_are_counts_like_others() =>
        Measurement.OfCounts(Start, Start.AddSeconds(30), new RequestCount(100, 0), default).ShouldBeOfType<Measurement.Counts>();

    [Theory]
    [InlineData(2, NoDataPolicy.Fail, false)]
    [InlineData(3, NoDataPolicy.Fail, true)]
    [InlineData(3, NoDataPolicy.Wait, false)]
    public void Three_measurements_without_an_answer_are_a_failure_only_where_the_policy_says_so(int inARow, NoDataPolicy policy, bool fails) =>
        NoDataRow.IsFailure(inARow, policy).ShouldBe(fails);
}

public sealed class ThresholdTests
{
    private static readonly ThresholdBounds Bounds = new(Min: 1, Max: 10, Failures: 3);

    [Theory]
    [InlineData(0.999, true)]
    [InlineData(1, false)]
    [InlineData(10, false)]
    [InlineData(10.001, true)]
    public void Bounds_are_inclusive(double value, bool breached) => Bounds.IsBreachedBy(value).ShouldBe(breached);

    [Fact]
    public void A_missing_bound_is_never_breached()
    {
        new ThresholdBounds(null, 10, 1).IsBreachedBy(double.MinValue).ShouldBeFalse();
        new ThresholdBounds(1, null, 1).IsBreachedBy(double.MaxValue).ShouldBeFalse();
    }
}
