using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Releases;

public sealed class AdoptionTests
{
    private static readonly PodTemplate Template = Given.Rollout().Spec.Template!;

    [Theory]
    [InlineData(0, 10, null)]
    [InlineData(3, 10, 7)]
    [InlineData(10, 10, 0)]
    [InlineData(3, 6, null)]
    public void Progressively_the_Deployment_keeps_what_the_available_pods_cannot_carry(int available, int deployment, int? to)
    {
        var decision = Decide(Promoting("Progressively", available), Deployment(deployment));

        if (to is null) decision.ShouldBeOfType<Decision.Act>().Effects.OfType<Effect.ScaleDeployment>().ShouldBeEmpty();
        else decision.ShouldBeOfType<Decision.Transition>().Status.Workload.ShouldBe(new WorkloadStatus { Name = "legacy", From = deployment, To = to.Value });
    }

    [Theory]
    [InlineData("Never")]
    [InlineData("OnSuccess")]
    public void Otherwise_it_keeps_all_of_its_pods_until_the_first_deployment_is_through(string mode) =>
        Decide(Promoting(mode, available: 9), Deployment(10)).ShouldBeOfType<Decision.Act>().Effects.OfType<Effect.ScaleDeployment>().ShouldBeEmpty();

    [Fact]
    public void On_success_it_goes_to_0_at_once_and_the_status_says_so_first()
    {
        var settled = Settled("OnSuccess");

        var announced = Decide(settled, Deployment(8)).ShouldBeOfType<Decision.Transition>().Status;
        announced.Workload.ShouldBe(new WorkloadStatus { Name = "legacy", From = 8, To = 0 });
        announced.Phase.ShouldBe(Phase.Progressing);

        Decide(With(settled, announced), Deployment(8)).ShouldBe(new Decision.Hold(IsHeld: true));
        Decide(Signed(With(settled, announced)), Deployment(8)).ShouldBeOfType<Decision.Act>().Effects.ShouldBe([new Effect.ScaleDeployment("legacy", 8, 0)]);
    }

    [Fact]
    public void An_announced_step_down_waits_while_pods_of_ours_are_missing()
    {
        var decision = Decide(Signed(Settled("OnSuccess", available: 9, From(8, to: 0))), Deployment(8));

        decision.ShouldBeOfType<Decision.Act>().Effects.ShouldBeEmpty();
    }

    [Fact]
    public void A_pod_of_ours_that_goes_in_the_same_pass_stands_in_for_none_of_the_Deployments()
    {
        var (rollout, sets) = Promoting("Progressively", available: 0);
        var announced = Signed(rollout) with { Status = rollout.Status! with { Workload = From(10, to: 0) } };
        var superseded = Given.Set("0123456789", 10, 10);

        var effects = Decide(announced, Deployment(10), [.. sets, superseded], maxUnavailable: 1).ShouldBeOfType<Decision.Act>().Effects;

        effects.OfType<Effect.Scale>().ShouldContain(new Effect.Scale(superseded.Name, 10, 9));
        effects.ShouldNotContain(effect => effect is Effect.ScaleDeployment);
    }

    [Fact]
    public void One_that_somebody_scales_up_again_is_left_alone_and_said_to_serve()
    {
        var act = Decide(Signed(Settled("Progressively", workload: From(0, to: 0))), Deployment(2)).ShouldBeOfType<Decision.Act>();

        act.Effects.ShouldBeEmpty();
        Ready(act).Reason.ShouldBe(Reasons.WorkloadStillServing);
        Ready(act).Message.ShouldBe("Deployment legacy serves with 2 pods beside the Rollout's: somebody has scaled it up again; scale it down by: kubectl scale deployment legacy -n shop --replicas=0");
        act.Status.Workload.ShouldBe(From(0, to: 0));
    }

    [Fact]
    public void One_that_is_larger_than_the_Rollout_is_not_scaled_down()
    {
        var act = Decide(Settled("OnSuccess"), Deployment(11)).ShouldBeOfType<Decision.Act>();

        act.Effects.ShouldBeEmpty();
        Ready(act).Message!.ShouldContain("spec.replicas is 10");
    }

    [Fact]
    public void A_paused_Rollout_scales_nothing_down()
    {
        var settled = Settled("OnSuccess", spec: """, "paused": true""");

        Ready(Decide(settled, Deployment(10)).ShouldBeOfType<Decision.Act>()).Message!.ShouldContain("spec.paused is set");
    }

    [Fact]
    public void With_Never_a_person_is_told_what_to_do_and_once_it_is_done_the_Rollout_is_ready()
    {
        var act = Decide(Settled("Never"), Deployment(10)).ShouldBeOfType<Decision.Act>();
        (act.Status.Phase, Ready(act).Reason, act.Status.Workload).ShouldBe((Phase.Paused, Reasons.WorkloadStillServing, null));
        Ready(act).Message!.ShouldContain("kubectl scale deployment legacy");

        Decide(Settled("Never"), Deployment(0, pods: 4)).ShouldBeOfType<Decision.Act>().Status.Phase.ShouldBe(Phase.Progressing);

        var done = Decide(Settled("Never"), Deployment(0)).ShouldBeOfType<Decision.Transition>();
        (done.Status.Phase, done.Status.Workload).ShouldBe((Phase.Healthy, From(0, to: 0)));
    }

    [Fact]
    public void Once_a_person_has_scaled_it_to_0_the_status_says_so_and_then_the_Rollout_is_held()
    {
        var said = Decide(Settled("Never"), Deployment(0)).ShouldBeOfType<Decision.Transition>();
        Decide(Settled("Never") with { Status = said.Status }, Deployment(0)).ShouldBe(new Decision.Hold(IsHeld: true));
        Decide(Signed(Settled("Never") with { Status = said.Status }), Deployment(0)).ShouldBeOfType<Decision.Act>().Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("OnSuccess", 0, 1, Phase.Progressing)]
    [InlineData("Never", 3, 3, Phase.Paused)]
    public void No_further_release_starts_while_it_has_pods(string mode, int desired, int pods, Phase phase)
    {
        var act = Decide(Signed(Settled(mode, workload: From(10, to: 10))), Deployment(desired, pods, image: "registry.example.com/payments:v2")).ShouldBeOfType<Decision.Act>();

        act.Status.Release.ShouldBeNull();
        act.Status.Phase.ShouldBe(phase);
        Ready(act).Reason.ShouldBe(Reasons.WorkloadStillServing);
    }

    [Fact]
    public void Though_its_template_was_edited_it_gives_way_to_the_pods_of_the_stable_revision()
    {
        var settled = Settled("OnSuccess", workload: From(10, to: 10));

        var announced = Decide(Signed(settled), Deployment(3, image: "registry.example.com/payments:v2")).ShouldBeOfType<Decision.Transition>().Status;
        announced.Release.ShouldBeNull();
        announced.Workload.ShouldBe(new WorkloadStatus { Name = "legacy", From = 3, To = 0 });

        Decide(Signed(With(settled, announced)), Deployment(3, image: "registry.example.com/payments:v2")).ShouldBeOfType<Decision.Act>().Effects.ShouldBe([new Effect.ScaleDeployment("legacy", 3, 0)]);
    }

    [Fact]
    public void Once_it_is_at_0_an_edit_of_its_template_starts_a_release()
    {
        var begun = Decide(Signed(Settled("OnSuccess", workload: From(0, to: 0))), Deployment(0, image: "registry.example.com/payments:v2")).ShouldBeOfType<Decision.Transition>();

        begun.Status.Release!.PreviousRevision.ShouldBe(Name);
        begun.Status.Images.ShouldBe("registry.example.com/payments:v2");
    }

    [Fact]
    public void Without_it_what_runs_goes_on_running_and_is_scaled()
    {
        var settled = Settled("OnSuccess", available: 7, From(0, to: 0), desired: 7);

        var act = Decide(settled, deployment: null).ShouldBeOfType<Decision.Act>();
        act.Effects.ShouldHaveSingleItem().ShouldBeOfType<Effect.Scale>().To.ShouldBe(10);

        var whole = Decide(Settled("OnSuccess", workload: From(0, to: 0)), deployment: null).ShouldBeOfType<Decision.Act>();
        (whole.Status.Phase, Ready(whole).Reason).ShouldBe((Phase.Degraded, Reasons.WorkloadMissing));
        whole.Status.Conditions.ShouldContain(condition => condition.Type == ConditionTypes.Stalled && condition.Message!.Contains("Deployment legacy"));
    }

    [Fact]
    public void One_that_never_was_there_is_an_invalid_spec_that_names_it()
    {
        var refused = RolloutEngine.Decide(Given.Snapshot(Rollout("OnSuccess")), Given.Now).ShouldBeOfType<Decision.Transition>().Status;

        (refused.Phase, refused.Message).ShouldBe((Phase.Degraded, "spec.workloadRef.name: there is no Deployment legacy in shop"));
    }

    [Fact]
    public void A_template_beside_it_is_an_invalid_spec()
    {
        var both = Given.Rollout("""{"workloadRef": {"kind": "Deployment", "name": "legacy"}}""");

        RolloutEngine.Decide(Given.Snapshot(both) with { Deployment = Deployment(1) }, Given.Now).ShouldBeOfType<Decision.Transition>().Status.Message.ShouldBe($"spec.workloadRef: {RolloutSpec.OneOf}");
    }

    [Fact]
    public void What_is_said_against_its_template_names_it()
    {
        var bad = Deployment(1) with { Template = new PodTemplate() };

        RolloutEngine.Decide(Given.Snapshot(Rollout("Never")) with { Deployment = bad }, Given.Now).ShouldBeOfType<Decision.Transition>().Status.Message.ShouldBe("Deployment legacy: spec.template.spec: a pod spec is required");
    }

    [Fact]
    public void A_first_deployment_that_fails_halfway_gives_back_what_it_had_taken()
    {
        var rollout = Rollout("Progressively");
        var failed = Signed(rollout with { Status = new RolloutStatus { LastRelease = new LastRelease { Name = "payments-1", Revision = Name, Outcome = Outcome.Failed, Held = true }, Workload = From(7, to: 7) } });

        var sets = new[] { Given.Set(Name, 10, available: 3) };

        Decide(failed, Deployment(7), sets).ShouldBeOfType<Decision.Act>().Effects.ShouldBe([new Effect.ScaleDeployment("legacy", 7, 10)]);
        Decide(failed, Deployment(10), sets).ShouldBeOfType<Decision.Act>().Status.Workload.ShouldBeNull();
    }

    [Fact]
    public void A_Rollout_that_goes_gives_the_pods_back_first()
    {
        var going = Signed(Settled("OnSuccess", workload: From(0, to: 0)));
        going = going with { Metadata = going.Metadata with { DeletionTimestamp = Given.Now } };

        var raised = Decide(going, Deployment(0)).ShouldBeOfType<Decision.Act>();
        raised.Effects.ShouldBe([new Effect.ScaleDeployment("legacy", 0, 10)]);
        raised.Status.Message.ShouldBe("Deployment legacy takes its place again: 0 of 10 pods are available");

        Decide(going, Deployment(10, available: 9)).ShouldBeOfType<Decision.Act>().Effects.ShouldBeEmpty();
        Decide(going, Deployment(10) with { IsCurrent = false }).ShouldBeOfType<Decision.Act>().Effects.ShouldBeEmpty();
        Decide(going, Deployment(10)).ShouldBe(new Decision.Hold(IsHeld: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_goes_too_holds_nobody_up(bool isGone)
    {
        var going = Signed(Settled("OnSuccess", workload: From(0, to: 0)));
        going = going with { Metadata = going.Metadata with { DeletionTimestamp = Given.Now } };

        Decide(going, isGone ? null : Deployment(0) with { IsTerminating = true }).ShouldBe(new Decision.Hold(IsHeld: false));
    }

    [Fact]
    public void A_Rollout_that_has_taken_nothing_has_no_finalizer()
    {
        Decide(Signed(Settled("OnSuccess", workload: From(0, to: 0))), deployment: null).ShouldBe(new Decision.Hold(IsHeld: false));
    }

    private static string Name => Revision.Of(PlanSource.Of(Rollout("Never")) with { Template = Template }).Name;

    private static Rollout Rollout(string mode, string spec = "") =>
        Given.Rollout($$"""{"template": null, "analysis": null, "migration": null, "strategy": {"canary": {"steps": [{"setWeight": 20}] } }, "workloadRef": {"kind": "Deployment", "name": "legacy", "scaleDown": "{{mode}}"} {{spec}} }""");

    private static WorkloadStatus From(int from, int to) => new() { Name = "legacy", From = from, To = to };

    private static Rollout Signed(Rollout rollout) => rollout with { Metadata = rollout.Metadata with { Finalizers = [Finalizers.Rollout] } };

    private static (Rollout Rollout, IReadOnlyList<ObservedReplicaSet> Sets) Promoting(string mode, int available)
    {
        var rollout = Rollout(mode);
        var status = new RolloutStatus
        {
            Canary = new CanaryStatus { Revision = Name, Weight = 100 },
            Release = new ReleaseProgress { Name = "payments-1", Number = 1, Revision = Name, Stage = Stage.Promoting, StartedAt = Given.Now, StageStartedAt = Given.Now },
        };
        return (rollout with { Status = status }, [Given.Set(Name, 10, available)]);
    }

    private static Rollout Settled(string mode, int available = 10, WorkloadStatus? workload = null, int desired = 10, string spec = "") => Rollout(mode, spec) with
    {
        Status = new RolloutStatus { Stable = new StableStatus { Revision = Name, Replicas = desired, Available = available }, Workload = workload },
    };

    private static Rollout With(Rollout rollout, RolloutStatus status) => rollout with { Status = status };

    private static ObservedDeployment Deployment(int desired, int? pods = null, string? image = null, int? available = null) => new()
    {
        Name = "legacy",
        ResourceVersion = "1",
        Generation = 1,
        Template = image is null ? Template : Given.Rollout($$"""{"template": {"spec": {"containers": [{"name": "app", "image": "{{image}}"}] } } }""").Spec.Template!,
        Desired = desired,
        Pods = pods ?? desired,
        Available = available ?? desired,
        IsCurrent = true,
        IsTerminating = false,
    };

    private static Decision Decide((Rollout Rollout, IReadOnlyList<ObservedReplicaSet> Sets) given, ObservedDeployment? deployment) => Decide(given.Rollout, deployment, given.Sets);

    private static Decision Decide(Rollout rollout, ObservedDeployment? deployment, IReadOnlyList<ObservedReplicaSet>? sets = null, int maxUnavailable = 0)
    {
        var stable = rollout.Status!.Stable;
        var record = Given.Release(Given.Rollout($$$"""{"analysis": null, "migration": null, "strategy": {"canary": {"maxUnavailable": {{{maxUnavailable}}}, "steps": [{"setWeight": 20}]} } }"""), 1, Name, rollout.Status.Release is null ? Outcome.Promoted : null);
        return RolloutEngine.Decide(Given.Snapshot(rollout, sets ?? [Given.Set(Name, stable!.Replicas, stable.Available)], [record]) with { Deployment = deployment }, Given.Now);
    }

    private static V1Condition Ready(Decision.Act act) => act.Status.Conditions.Single(condition => condition.Type == ConditionTypes.Ready);
}
