using FsCheck;
using FsCheck.Fluent;
using Sluice.Api.Values;

namespace Sluice.Api.Tests.Values;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 500)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0.5s", 500)]
    [InlineData("1m500ms", 60_500)]
    [InlineData("30m1h", 5_400_000)]
    [InlineData("1m1m", 120_000)]
    [InlineData("007s", 7_000)]
    [InlineData("87600h", 315_360_000_000)]
    public void A_duration_in_Go_syntax_is_understood(string text, long milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("5")]
    [InlineData("1.5")]
    [InlineData("-5m")]
    [InlineData("+5m")]
    [InlineData("5 m")]
    [InlineData(" 5m")]
    [InlineData("5m ")]
    [InlineData("5M")]
    [InlineData("5d")]
    [InlineData("m")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("1.2.3s")]
    [InlineData("5m3")]
    [InlineData("5mm")]
    [InlineData("00:05:00")]
    [InlineData("PT5M")]
    [InlineData("1e3s")]
    [InlineData("٥m")]
    [InlineData("NaNs")]
    [InlineData("87601h")]
    [InlineData("99999999999999999999999999h")]
    [InlineData("9999999999999999999999999999999h")]
    [InlineData("1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s")]
    public void Anything_else_is_refused(string? text) => GoDuration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ms")]
    [InlineData(500, "500ms")]
    [InlineData(90_000, "1m30s")]
    [InlineData(300_000, "5m")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(60_500, "1m500ms")]
    [InlineData(90_061_001, "25h1m1s1ms")]
    [InlineData(-5_000, "-5s")]
    public void A_duration_is_written_as_briefly_as_it_can_be(long milliseconds, string text) =>
        GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)).ToArbitrary(),
            duration => GoDuration.TryParse(GoDuration.Format(duration), out var back) && back == duration).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_the_parser_throw() =>
        Prop.ForAll(
            Gen.Elements("0123456789.hms -+e%µ".ToCharArray()).ArrayOf().Select(characters => new string(characters)).ToArbitrary(),
            text => !GoDuration.TryParse(text, out var duration) || (duration >= TimeSpan.Zero && duration <= GoDuration.Max)).QuickCheckThrowOnFailure();
}
