using MathNet.Numerics.Distributions;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class DispersionTests
{
    [Fact]
    public void With_fewer_than_ten_minutes_eight_is_assumed() =>
        Of([.. Enumerable.Repeat(3.0, 9)]).ShouldBe(new Dispersion(8, IsKnown: false));

    [Fact]
    public void It_is_the_upper_bound_of_variance_over_mean()
    {
        // Mean 4, squared deviations sum to 32, s² = 32/9: 9 · (32/9)/4 / χ²₀.₀₅(9) = 8 / 3.325113 (table of the χ² distribution).
        var dispersion = Of([2, 6, 2, 6, 2, 6, 2, 6, 4, 4]);

        dispersion.IsKnown.ShouldBeTrue();
        dispersion.Value.ShouldBe(8 / 3.325113, 1e-5);
    }

    [Fact]
    public void It_is_never_below_one() =>
        Of([.. Enumerable.Repeat(7.0, 60)]).ShouldBe(new Dispersion(1, IsKnown: true));

    [Theory]
    [InlineData(9, 8, false)]
    [InlineData(10, 8, false)]
    [InlineData(20, 6, false)]
    [InlineData(59, 2.0339, false)]
    [InlineData(60, 2, true)]
    [InlineData(600, 2, true)]
    public void Minutes_without_any_error_leave_room_for_clusters_not_yet_seen(int minutes, double value, bool known)
    {
        var dispersion = Of(new double[minutes]);

        dispersion.Value.ShouldBe(value, 1e-4);
        dispersion.IsKnown.ShouldBe(known);
    }

    [Fact]
    public void An_outage_in_the_hour_before_is_not_taken_for_the_way_in_which_errors_come() =>
        Of([900, 900, .. Enumerable.Repeat(2.0, 58)]).ShouldBe(new Dispersion(32, IsKnown: true));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 7)]
    public void It_covers_the_true_value_of_simulated_errors_in_about_95_of_100_hours(double clusterMean, double truth)
    {
        // Errors in clusters of geometric size with mean m have φ = E[g²]/E[g] = 2m − 1.
        var random = new Random(20260105);
        var covered = Enumerable.Range(0, 400).Count(_ => Of([.. Enumerable.Range(0, 60).Select(_ => Minute())]).Value >= truth);

        (covered / 400.0).ShouldBeInRange(0.85, 1);

        double Minute() => Enumerable.Range(0, Poisson.Sample(random, 20 / clusterMean)).Sum(_ => (double)Geometric.Sample(random, 1 / clusterMean));
    }

    [Fact]
    public void Longer_bins_count_for_as_many_minutes_as_they_last()
    {
        Dispersion.Estimate([1, 2], TimeSpan.FromMinutes(4)).ShouldBe(Dispersion.Assumed);
        Dispersion.Estimate([1, 2, 3], TimeSpan.FromMinutes(4)).IsKnown.ShouldBeTrue();
        Dispersion.Estimate(new double[5], TimeSpan.FromMinutes(4)).ShouldBe(new Dispersion(6, IsKnown: false));
        Dispersion.Estimate([5], TimeSpan.FromMinutes(20)).ShouldBe(Dispersion.Assumed);
    }

    private static Dispersion Of(IReadOnlyList<double> errorsPerMinute) => Dispersion.Estimate(errorsPerMinute);
}
