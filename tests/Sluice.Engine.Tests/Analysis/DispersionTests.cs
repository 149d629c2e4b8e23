using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

public sealed class DispersionTests
{
    [Fact]
    public void With_fewer_than_ten_minutes_eight_is_assumed() =>
        Dispersion.Estimate([.. Enumerable.Repeat(3.0, 9)]).ShouldBe(new Dispersion(8, IsKnown: false));

    [Fact]
    public void It_is_the_upper_bound_of_variance_over_mean()
    {
        // Mean 4, squared deviations sum to 32, s² = 32/9: 9 · (32/9)/4 / χ²₀.₀₅(9) = 8 / 3.325113 (table of the χ² distribution).
        var dispersion = Dispersion.Estimate([2, 6, 2, 6, 2, 6, 2, 6, 4, 4]);

        dispersion.IsKnown.ShouldBeTrue();
        dispersion.Value.ShouldBe(8 / 3.325113, 1e-5);
    }

    [Fact]
    public void It_is_never_below_one() =>
        Dispersion.Estimate([.. Enumerable.Repeat(7.0, 60)]).ShouldBe(new Dispersion(1, IsKnown: true));
}
