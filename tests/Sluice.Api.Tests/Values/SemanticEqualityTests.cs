using System.Text.Json;
using Sluice.Api.Values;
using Sluice.Kubernetes.Models;

namespace Sluice.Api.Tests.Values;

public sealed class SemanticEqualityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static RolloutStatus Status() => new()
    {
        Phase = Phase.Progressing,
        Stable = new StableStatus { Revision = "0123456789", Images = ["a:1", "b:1"] },
        Conditions = [new V1Condition { Type = ConditionTypes.Ready, Status = ConditionStatus.False, LastTransitionTime = Noon }],
    };

    private static bool Equal(RolloutStatus? left, RolloutStatus? right) =>
        SemanticEquality.SemanticallyEqual(left, right, ApiJsonContext.Default.RolloutStatus);

    [Fact]
    public void Two_statuses_built_apart_with_the_same_content_are_equal() => Equal(Status(), Status()).ShouldBeTrue();

    [Fact]
    public void A_change_within_a_list_is_a_difference() =>
        Equal(Status(), Status() with { Stable = new StableStatus { Revision = "0123456789", Images = ["b:1", "a:1"] } }).ShouldBeFalse();

    [Fact]
    public void A_fraction_of_a_second_is_no_difference_because_it_is_not_written() =>
        Equal(
            new RolloutStatus { LastRelease = new LastRelease { FinishedAt = Noon } },
            new RolloutStatus { LastRelease = new LastRelease { FinishedAt = Noon.AddMilliseconds(400) } }).ShouldBeTrue();

    [Fact]
    public void An_absent_list_and_an_empty_one_are_equal() => Equal(new RolloutStatus(), new RolloutStatus { Conditions = [] }).ShouldBeTrue();

    [Fact]
    public void Nothing_equals_only_nothing()
    {
        Equal(null, null).ShouldBeTrue();
        Equal(null, Status()).ShouldBeFalse();
        Equal(Status(), null).ShouldBeFalse();
    }

    [Fact]
    public void Raw_pod_specs_are_compared_by_content_whatever_the_order_of_their_fields()
    {
        var left = new PodTemplate { Spec = JsonElement.Parse("""{"containers":[{"name":"app","image":"a:1"}],"restartPolicy":"Always"}""") };
        var right = new PodTemplate { Spec = JsonElement.Parse("""{"restartPolicy":"Always","containers":[{"image":"a:1","name":"app"}]}""") };
        SemanticEquality.SemanticallyEqual(left, right, ApiJsonContext.Default.PodTemplate).ShouldBeTrue();
    }
}
