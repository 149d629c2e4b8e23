using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Migrations;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Operator.Controllers.Migrations;
using Sluice.Operator.Controllers.Rollouts;
using Decision = Sluice.Engine.Decision;

namespace Sluice.Operator.Tests.Controllers;

/// <summary>The cases of an effect are told apart before any of them looks at its data: whatever else one throws for want of some, it is handled.</summary>
public sealed class EffectTests
{
    public static TheoryData<string> Effects => [.. typeof(Effect).GetNestedTypes().Select(type => type.Name)];

    public static TheoryData<string> MigrationEffects => [.. typeof(MigrationEffect).GetNestedTypes().Select(type => type.Name)];

    private static readonly Snapshot Nothing = new()
    {
        Rollout = new Rollout(),
        ReplicaSets = [],
        Releases = [],
        Migrations = [],
        Decisions = [],
        Identity = IdentityProof.Unknown,
        Measurements = [],
        SpecSource = MetricSourceCheck.None,
        ReleaseSource = MetricSourceCheck.None,
        ChangedBy = null,
        ProgressInterval = TimeSpan.Zero,
    };

    [Theory]
    [MemberData(nameof(Effects))]
    public async Task Every_effect_of_a_Rollout_is_carried_out(string name)
    {
        var effect = (Effect)RuntimeHelpers.GetUninitializedObject(typeof(Effect).GetNestedType(name)!);

        (await Record.ExceptionAsync(() => new EffectExecutor(null!, null!, null!, null!).ExecuteAsync(Nothing, effect, CancellationToken.None))).ShouldNotBeOfType<UnreachableException>();
    }

    [Theory]
    [MemberData(nameof(MigrationEffects))]
    public async Task Every_effect_of_a_Migration_is_carried_out(string name)
    {
        var effect = (MigrationEffect)RuntimeHelpers.GetUninitializedObject(typeof(MigrationEffect).GetNestedType(name)!);

        (await Record.ExceptionAsync(() => new MigrationExecutor(null!, null!).ExecuteAsync(new Migration(), [effect], CancellationToken.None))).ShouldNotBeOfType<UnreachableException>();
    }

    [Theory]
    [MemberData(nameof(Effects))]
    public void Pods_are_moved_and_anything_is_changed_only_on_a_view_that_was_read_live(string name)
    {
        var act = new Decision.Act([(Effect)RuntimeHelpers.GetUninitializedObject(typeof(Effect).GetNestedType(name)!)], new RolloutStatus(), LookAgain: null);

        Freshness.Cached.IsEnoughFor(act).ShouldBe(name == nameof(Effect.Measure));
        Freshness.Cached.NeededBy(act).IsEnoughFor(act).ShouldBeTrue();
        new Freshness(Status: true, Pods: false).IsEnoughFor(act).ShouldBe(name is not (nameof(Effect.Adopt) or nameof(Effect.Scale) or nameof(Effect.CreateReplicaSet) or nameof(Effect.DeleteReplicaSet) or nameof(Effect.SetWeight) or nameof(Effect.SelectRevision) or nameof(Effect.DeletePod)
            or nameof(Effect.ScaleDeployment) or nameof(Effect.CreateMigration)));
        new Freshness(Status: true, Pods: true).IsEnoughFor(act).ShouldBe(name is not (nameof(Effect.DeletePod) or nameof(Effect.CreateMigration)), "a pod is deleted on a count of pods that were read live, and a migration asked for on the records of those before");
    }

    [Fact]
    public void What_rests_on_each_pod_moves_pods_only_by_pods_that_were_read_live()
    {
        var act = new Decision.Act([new Effect.Scale("payments-a", 4, 5)], new RolloutStatus(), LookAgain: null) { RestsOnEachPod = true };

        new Freshness(Status: true, Pods: true).IsEnoughFor(act).ShouldBeFalse();
        Freshness.Cached.NeededBy(act).IsEnoughFor(act).ShouldBeTrue();
        Freshness.Cached.IsEnoughFor(act with { Effects = [] }).ShouldBeTrue();
    }

    [Fact]
    public void While_the_operator_catches_up_it_says_that_there_is_nothing_to_do_only_by_what_was_read_live()
    {
        var act = new Decision.Act([], new RolloutStatus(), LookAgain: null) { LooksLive = true };

        new Freshness(Status: true, Pods: true).IsEnoughFor(act).ShouldBeFalse();
        Freshness.Cached.NeededBy(act).IsEnoughFor(act).ShouldBeTrue();
        Freshness.Cached.IsEnoughFor(act with { LooksLive = false }).ShouldBeTrue();
    }

    [Fact]
    public void What_rests_on_missing_pods_is_decided_on_ReplicaSets_and_pods_that_were_read_live()
    {
        var transition = new Decision.Transition(new RolloutStatus(), []) { RestsOnMissingPods = true };

        Freshness.Cached.IsEnoughFor(transition).ShouldBeFalse();
        new Freshness(Status: true, Pods: true).IsEnoughFor(transition).ShouldBeFalse();
        Freshness.Cached.NeededBy(transition).IsEnoughFor(transition).ShouldBeTrue();
        Freshness.Cached.IsEnoughFor(transition with { RestsOnMissingPods = false }).ShouldBeTrue();
    }

    [Fact]
    public void Every_kind_of_metric_has_its_query()
    {
        MetricPlan[] kinds =
        [
            new MetricPlan.ErrorRate { Name = "a", OnNoData = default, OnInconclusive = default, Spec = new ErrorRateMetric { Counter = "c", Errors = "e" }, Max = 0.01, MaxRatioToStable = 0 },
            new MetricPlan.Threshold { Name = "b", OnNoData = default, OnInconclusive = default, Spec = new ThresholdMetric { Query = "q" }, Max = 1, Min = null, Failures = 1 },
        ];
        kinds.Select(kind => kind.GetType()).ShouldBe(typeof(MetricPlan).GetNestedTypes(), ignoreOrder: true);

        foreach (var kind in kinds)
        {
            MeasurementMapping.RequestOf(new Rollout(), new MeasurementWish
            {
                Metric = kind,
                Source = "default",
                CanaryRevision = "1",
                StableRevision = null,
                Kind = MeasurementKind.Running,
                From = DateTimeOffset.UnixEpoch,
                To = null,
                Delay = TimeSpan.Zero,
            }).Query.ShouldNotBeNull();
        }
    }
}
