using Sluice.Engine.Replicas;

namespace Sluice.Engine.Tests.Replicas;

public sealed class CountOrPercentTests
{
    [Theory]
    [InlineData("25%", 10, 3, 2)]
    [InlineData("25%", 1, 1, 0)]
    [InlineData("0%", 10, 0, 0)]
    [InlineData("100%", 7, 7, 7)]
    [InlineData("150%", 3, 5, 4)]
    [InlineData("33%", 100, 33, 33)]
    [InlineData("25%", 0, 0, 0)]
    [InlineData("3", 10, 3, 3)]
    [InlineData("3", 0, 3, 3)]
    [InlineData("100%", int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData("200%", int.MaxValue, int.MaxValue, int.MaxValue)]
    public void Surge_rounds_up_and_unavailable_rounds_down(string text, int replicas, int up, int down)
    {
        CountOrPercent.TryParse(text, out var value).ShouldBeTrue();

        value.RoundedUp(replicas).ShouldBe(up);
        value.RoundedDown(replicas).ShouldBe(down);
        value.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("-1%")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 %")]
    [InlineData("1.5%")]
    [InlineData("1%%")]
    [InlineData("ten")]
    [InlineData("99999999999")]
    public void What_is_no_count_and_no_percentage_is_refused(string? text) => CountOrPercent.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_negative_count_is_refused() => CountOrPercent.TryParse(-1, out _).ShouldBeFalse();

    [Theory]
    [InlineData(10, "25%", "0", 10, 13)]
    [InlineData(10, "2", "1", 9, 12)]
    [InlineData(10, "0", "0", 9, 10)]
    [InlineData(1, "0", "25%", 0, 1)]
    [InlineData(3, "0%", "25%", 2, 3)]
    [InlineData(0, "25%", "25%", 0, 0)]
    [InlineData(2, "1", "5", 0, 3)]
    public void Bounds_follow_from_surge_and_unavailable(int replicas, string surge, string unavailable, int minAvailable, int maxPods) =>
        ReplicaBounds.For(replicas, Parse(surge), Parse(unavailable)).ShouldBe(new ReplicaBounds(minAvailable, maxPods));

    [Fact]
    public void With_a_router_both_sides_may_be_whole() =>
        ReplicaBounds.ForRouter(10, Parse("25%"), Parse("0")).ShouldBe(new ReplicaBounds(10, 20));

    internal static CountOrPercent Parse(string text) => CountOrPercent.TryParse(text, out var value) ? value : throw new ArgumentException(text, nameof(text));
}
