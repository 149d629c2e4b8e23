using Sluice.Api.Values;

namespace Sluice.Api.Tests.Values;

public sealed class RatioTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0%", 0)]
    [InlineData("1%", 0.01)]
    [InlineData("0.01", 0.01)]
    [InlineData("0.5%", 0.005)]
    [InlineData("100%", 1)]
    [InlineData("1", 1)]
    [InlineData("1.5", 1.5)]
    [InlineData("250%", 2.5)]
    [InlineData("12.75%", 0.1275)]
    public void A_percentage_or_a_number_is_understood(string text, double value)
    {
        Ratio.TryParse(text, out var ratio).ShouldBeTrue();
        ratio.ShouldBe(value, 1e-15);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%")]
    [InlineData(" 1%")]
    [InlineData("1 %")]
    [InlineData("1%%")]
    [InlineData("%1")]
    [InlineData("-1%")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("1e-3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("one")]
    [InlineData("0x1")]
    [InlineData("111111111111111111111111111111111")]
    public void Anything_else_is_refused(string? text) => Ratio.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0", true)]
    [InlineData("100%", true)]
    [InlineData("1.0", true)]
    [InlineData("100.1%", false)]
    [InlineData("1.5", false)]
    [InlineData("200%", false)]
    public void A_share_is_at_most_the_whole(string text, bool valid) => Ratio.TryParseShare(text, out _).ShouldBe(valid);

    [Theory]
    [InlineData("-0.5", -0.5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("250", 250)]
    [InlineData("-2%", -0.02)]
    [InlineData("1e+3", 1000)]
    public void A_scalar_may_have_a_sign_and_an_exponent(string text, double value)
    {
        Ratio.TryParseScalar(text, out var scalar).ShouldBeTrue();
        scalar.ShouldBe(value, 1e-15);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("+1")]
    public void A_scalar_is_finite(string text) => Ratio.TryParseScalar(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0%")]
    [InlineData(0.00123456, "0.123%")]
    [InlineData(0.01, "1%")]
    [InlineData(0.0512, "5.12%")]
    [InlineData(0.5, "50%")]
    [InlineData(0.12345, "12.3%")]
    [InlineData(1, "100%")]
    [InlineData(0.0000000123, "0.00000123%")]
    [InlineData(double.NaN, "n/a")]
    [InlineData(double.PositiveInfinity, "n/a")]
    public void A_share_is_shown_as_a_percentage(double share, string text) => Ratio.FormatPercent(share).ShouldBe(text);
}
