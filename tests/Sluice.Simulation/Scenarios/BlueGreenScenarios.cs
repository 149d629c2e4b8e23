using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Releases behind an active and a preview Service. That every single move keeps to the rules is looked at after each write, by the promise Switches.</summary>
public sealed class BlueGreenScenarios
{
    private const string Active = RouteYaml.StableService;
    private const string Preview = RouteYaml.CanaryService;

    private static readonly RolloutYaml V1 = new() { Analysis = null, Steps = ["pause: {duration: 1m}"], BlueGreen = $"{RouteYaml.BlueGreen}, previewReplicas: 3" };

    [Fact]
    public void A_new_revision_is_previewed_and_then_takes_over_all_at_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        var before = world.Status.Stable!.Revision;

        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var after = world.Release!.Revision;
        (world.Available(before), world.Available(after)).ShouldBe((10, 3));
        (world.Status.Canary!.Weight, world.Status.Canary.ActualWeight).ShouldBe((0, 0));
        world.Status.Message!.ShouldContain("pausing on the preview");
        world.UntilHealthy();

        Selected(world).ShouldBe([(before, null), (before, before), (before, after), (after, after)]);
        world.RunningImages.Distinct().Count().ShouldBe(2, "the old pods wait out their delay");
        var promoted = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.RunningImages.Distinct().Count() == 1, TimeSpan.FromMinutes(1));
        (world.Cluster.Now - promoted).ShouldBeInRange(TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(32));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Without_autoPromote_a_person_ends_the_preview()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { BlueGreen = $"{RouteYaml.BlueGreen}, autoPromote: false", Steps = [] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var previewed = world.Release!.Revision;

        world.Cluster.RunFor(TimeSpan.FromHours(3));
        world.Release!.Step!.Summary.ShouldBe("1/1");
        world.Traffic.Selected(Preview).ShouldBe(previewed);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.Traffic.Selected(Active).ShouldBe(previewed);
    }

    [Fact]
    public void A_promotion_that_is_paused_before_the_turn_waits_for_the_resume()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1.With("sandbox.sluice.dev/ready-after", "20s"));
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Promoting);
        world.Patch("""{"spec":{"paused":true}}""");

        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Traffic.Selected(Active).ShouldBe(before);
        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();

        world.Traffic.Selected(Active).ShouldNotBe(before);
    }

    [Fact]
    public void What_the_soak_counts_is_counted_at_all_of_the_traffic()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m", Analysis = new RolloutYaml().Analysis });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release!.Analysis.ShouldHaveSingleItem().Segments[^1].Weight.ShouldBe(100);
    }

    [Fact]
    public void Back_after_the_delay_the_steps_are_taken_for_the_pods_are_gone()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2));
        world.UntilHealthy();
        world.Cluster.RunUntil(() => world.RunningImages.Distinct().Count() == 1, TimeSpan.FromMinutes(1));

        world.Apply(v1);
        world.UntilStage(Stage.Promoting);

        world.Releases[^1].Spec.Strategy.BlueGreen!.PrePromotion.Count.ShouldBe(1);
        world.Release!.Timeline.ShouldContain(entry => entry.To == "Step 1");
    }

    [Theory]
    [InlineData(0, Outcome.Promoted)]
    [InlineData(1, Outcome.RolledBack)]
    public void Checks_of_the_preview_are_told_its_Service_and_decide_whether_it_takes_over(int exitCode, Outcome outcome)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2) with { Steps = [ChecksYaml.Step("", ChecksYaml.Job("smoke", exitCode: exitCode))] });
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);

        var after = world.Release!.Revision;
        var pod = world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Spec!.Template!.Spec!.Value;
        pod.GetProperty("containers")[0].GetProperty("env").EnumerateArray().ShouldContain(variable =>
            variable.GetProperty("name").GetString() == "SLUICE_CANARY_SERVICE" && variable.GetProperty("value").GetString() == Preview);
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((before, after));
        world.Until(status => status.LastRelease?.Name == "payments-2");

        world.Status.LastRelease!.Outcome.ShouldBe(outcome);
        world.Traffic.Selected(Active).ShouldBe(outcome == Outcome.Promoted ? after : before);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_preview_is_judged_by_what_comes_to_it_and_so_is_the_promoted_revision()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(new RolloutYaml { Steps = ["analysis: {minDuration: 30s}"], BlueGreen = RouteYaml.BlueGreen, Soak = "2m" });
        world.Apply(v1.V(2));
        UntilPromoted(world, "payments-2");

        var metric = world.Releases[^1].Status!.Analysis.Single();
        metric.Verdict.ShouldBe(Verdict.Pass);
        metric.Segments.Select(segment => segment.Weight).Distinct().ShouldBe([0, 100]);
        metric.Segments.First(segment => segment.Weight == 0).Canary.Requests.ShouldBeGreaterThan(100);
        world.Releases[^1].Status!.Verdict.ShouldBe(Verdict.Pass);
    }

    [Fact]
    public void Testers_come_to_the_preview_and_everybody_else_to_the_active_Service()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Switched(new RolloutYaml { Steps = ["analysis: {minDuration: 2m}"], BlueGreen = $"{RouteYaml.BlueGreen}, previewReplicas: 2", Soak = "2m" });
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, """{"metadata":{"annotations":{"sandbox.sluice.dev/requests-per-second":"500"}}}""");
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, """{"metadata":{"annotations":{"sandbox.sluice.dev/requests-per-second":"50"}}}""");
        world.Apply(v1.V(2));
        UntilPromoted(world, "payments-2");

        var segments = world.Releases[^1].Status!.Analysis.Single().Segments;
        var preview = segments.First(segment => segment.Weight == 0);
        (preview.Canary.Requests / preview.Stable.Requests).ShouldBe(0.1, 0.02);
        var last = segments[^1];
        (last.Weight, last.Stable.Requests).ShouldBe((100, 0));
        (last.Canary.Requests / (last.To - last.From).TotalSeconds).ShouldBe(550, 60, "after the turn both Services lead to it");
    }

    [Fact]
    public void The_sample_runs()
    {
        using var world = new ReleaseWorld();
        string Manifest(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "blue-green", file)).Replace("metadata:\n  name:", "metadata:\n  namespace: shop\n  name:", StringComparison.Ordinal);
        foreach (var file in (string[])["services.yaml", "rollout.yaml"]) world.Cluster.Kubectl.Apply(Manifest(file));
        world.UntilHealthy();

        world.Cluster.Kubectl.Apply(Manifest("rollout.yaml").Replace("payments:v2", "payments:v3", StringComparison.Ordinal));
        world.Until(status => status.Release?.Step?.Gate == "tried-out");
        var previewed = world.Release!.Revision;
        (world.Available(world.Status.Stable!.Revision), world.Available(previewed), world.Traffic.Selected("payments-preview")).ShouldBe((10, 2, previewed));
        world.Decide(new DecisionSpec { Action = DecisionAction.Approve, Gate = "tried-out", Revision = previewed });
        world.UntilStage(Stage.Soaking);
        world.Traffic.Selected(Active).ShouldBe(previewed);
    }

    [Fact]
    public void A_preview_that_fails_never_gets_the_traffic()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(new RolloutYaml { Steps = ["analysis: {}"], BlueGreen = RouteYaml.BlueGreen });
        var before = world.Status.Stable!.Revision;

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);

        world.Traffic.Moments.ShouldAllBe(moment => moment.Stable == before);
        world.Traffic.Selected(Preview).ShouldBe(before);
        world.Condition("Stalled")!.Reason.ShouldBe("RolledBack");
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_preview_without_a_verdict_is_promoted_by_a_person_and_that_is_on_record()
    {
        using var world = new ReleaseWorld();
        var quiet = new RolloutYaml { Steps = ["analysis: {maxDuration: 2m}"], BlueGreen = RouteYaml.BlueGreen }.With("sandbox.sluice.dev/requests-per-second", "0.05");
        var v1 = world.Switched(quiet);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Reason == Reasons.AnalysisInconclusive);
        world.Status.Phase.ShouldBe(Phase.Paused);
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision, "what is not proven is not promoted by itself");

        world.AnswerTo(world.Decide(DecisionAction.PromoteFull)).State.ShouldBe(DecisionState.Applied);
        UntilPromoted(world, "payments-2");

        var story = world.Releases[^1].Status!;
        story.Verdict.ShouldBe(Verdict.Inconclusive);
        story.Decisions.ShouldHaveSingleItem().By.ShouldBe(ReleaseWorld.Alice);
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
    }

    [Fact]
    public void Promoted_in_full_before_its_preview_a_revision_still_gets_the_traffic_only_when_it_is_whole()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Starting);

        world.Decide(DecisionAction.PromoteFull);
        world.UntilHealthy();

        Selected(world).Select(moment => moment.Active).Distinct().ShouldBe([before, world.Status.Stable!.Revision]);
    }

    [Theory]
    [InlineData(Stage.Starting)]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    public void From_each_stage_the_way_back_leads_to_the_old_revision(Stage stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(stage);

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.Status.Stable!.Revision.ShouldBe(before);
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((before, before));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Within_the_delay_the_way_back_is_the_turn_of_a_Service_and_takes_no_pod()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m", ScaleDownDelay = "5m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(4));
        var old = world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == before).Select(pod => pod.Metadata.Uid).ToHashSet();
        old.Count.ShouldBe(10);

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        var asked = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - asked).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        world.UntilEnded(Outcome.Aborted);
        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(old, ignoreOrder: true);
    }

    [Fact]
    public void After_the_delay_the_old_pods_come_back_before_the_Service_turns()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Available(before).ShouldBe(0);

        world.Decide(DecisionAction.Abort);
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(2));

        world.Traffic.Endpoints(Active).ShouldBe(10);
        world.UntilEnded(Outcome.Aborted);
    }

    [Fact]
    public void A_promoted_revision_that_fails_in_the_soak_goes_back_at_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(new RolloutYaml { Steps = [], BlueGreen = RouteYaml.BlueGreen, Soak = "30m", ScaleDownDelay = "30m" });
        var before = world.Status.Stable!.Revision;

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilStage(Stage.RollingBack);
        var failed = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - failed).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromHours(1));
        world.Status.Stable!.Revision.ShouldBe(before);
    }

    [Theory]
    [InlineData(Stage.Starting, Outcome.Superseded)]
    [InlineData(Stage.Stepping, Outcome.Superseded)]
    [InlineData(Stage.Promoting, Outcome.Superseded)]
    [InlineData(Stage.Soaking, Outcome.Promoted)]
    public void A_third_revision_comes_at_any_stage(Stage stage, Outcome outcome)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "2m" });
        world.Apply(v1.V(2));
        world.UntilStage(stage);

        world.Apply(v1.V(3));
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Name: "payments-3" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Releases[1].Status!.Outcome.ShouldBe(outcome);
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_next_release_does_not_wait_for_a_long_delay_and_the_old_pods_stay_for_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "1h" });
        world.Apply(v1.V(2));
        world.UntilHealthy();
        var promoted = world.Cluster.Now;

        world.Apply(v1.V(3));
        world.UntilStage(Stage.Stepping, TimeSpan.FromMinutes(1));
        world.Decide(new DecisionSpec { Action = DecisionAction.Pause });
        world.RunningImages.Count(image => image.EndsWith("v1", StringComparison.Ordinal)).ShouldBe(10);

        world.Cluster.RunUntil(() => !world.RunningImages.Any(image => image.EndsWith("v1", StringComparison.Ordinal)), TimeSpan.FromHours(2));
        (world.Cluster.Now - promoted).ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        world.Release!.Stage.ShouldBe(Stage.Stepping);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Back_to_a_revision_whose_pods_are_still_there_no_step_is_taken(bool byDecision)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "10m", Steps = ["pause: {}"] });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step is not null);
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();

        if (byDecision) world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1" });
        else world.Apply(v1);
        world.Until(status => status.Release?.Name == "payments-3");
        var asked = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - asked).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        UntilPromoted(world, "payments-3");
        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.Reason == Reasons.InstantReturn);
    }

    [Fact]
    public void An_aborted_revision_takes_its_steps_again_though_its_pods_are_still_there()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { BlueGreen = RouteYaml.BlueGreen, ScaleDownDelay = "10m", Soak = "10m" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(30));

        world.Decide(DecisionAction.Retry);
        world.UntilStage(Stage.Stepping);

        world.Release!.Step!.Kind.ShouldBe(StepKind.Pause);
    }

    [Theory]
    [InlineData(Stage.Starting)]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    [InlineData(Stage.RollingBack)]
    public void An_operator_that_is_restarted_goes_on_where_it_was(Stage stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "2m" });
        world.Apply(v1.V(2));
        world.UntilStage(stage == Stage.RollingBack ? Stage.Soaking : stage);
        if (stage == Stage.RollingBack) world.Decide(DecisionAction.Abort);
        world.UntilStage(stage);

        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromSeconds(40));
        world.StartOperator();
        world.UntilEnded(stage == Stage.RollingBack ? Outcome.Aborted : Outcome.Promoted);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Releases.Count.ShouldBe(2);
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((world.Status.Stable!.Revision, world.Status.Stable.Revision));
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(Active)]
    [InlineData(Preview)]
    public void A_release_does_not_start_before_both_Services_are_there(string service)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, service);

        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release.ShouldBeNull();
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {service} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void A_preview_whose_Service_is_deleted_waits_for_it_and_names_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);

        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, Preview);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Release!.Stage.ShouldBe(Stage.Stepping);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {Preview} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void Services_that_somebody_turns_elsewhere_during_a_preview_are_turned_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var previewed = world.Release!.Revision;

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, """{"spec":{"selector":{"sluice.dev/revision":"ffffffffff"}}}""");
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, $$"""{"spec":{"selector":{"sluice.dev/revision":"{{previewed}}"} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((world.Status.Stable!.Revision, previewed));
    }

    [Fact]
    public void The_second_of_two_Rollouts_that_name_one_Service_is_refused_until_the_first_lets_go_of_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1 with { Name = "billing", BlueGreen = "activeService: billing, previewService: payments-canary" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var billing = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!;
        billing.Phase.ShouldBe(Phase.Degraded);
        billing.Message!.ShouldContain("spec.strategy.blueGreen.previewService: Service payments-canary is steered by Rollout payments already");
        billing.Conditions.First(condition => condition.Type == "Stalled").Reason.ShouldBe("InvalidSpec");
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!.Stable is not null, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Scaled_during_a_release_each_side_follows_and_the_promotion_waits_for_all_pods()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var (old, previewed) = (world.Status.Stable!.Revision, world.Release!.Revision);

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 2);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        (world.Available(old), world.Available(previewed)).ShouldBe((2, 2), "no more pods on the preview than there are replicas");

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 0);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        (world.Available(old), world.Available(previewed)).ShouldBe((0, 0));

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 8);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        (world.Available(old), world.Available(previewed)).ShouldBe((8, 3));

        world.Decide(DecisionAction.Continue);
        world.UntilStage(Stage.Promoting);
        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 12);
        world.UntilHealthy();
        world.Available(previewed).ShouldBe(12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pause_keeps_the_traffic_where_it_is(bool bySpec)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { BlueGreen = RouteYaml.BlueGreen });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);

        if (bySpec) world.Patch("""{"spec":{"paused":true}}""");
        else world.Decide(new DecisionSpec { Action = DecisionAction.Pause });
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Traffic.Selected(Active).ShouldBe(before);

        if (bySpec) world.Patch("""{"spec":{"paused":false}}""");
        else world.Decide(new DecisionSpec { Action = DecisionAction.Resume });
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void The_migration_comes_before_the_first_pod_of_the_preview()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2) with { Migration = "expand: {command: [./migrate, up]}\nannotations: {sandbox.sluice.dev/duration: 20s}" });
        world.UntilStage(Stage.Expanding);
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Available(world.Release!.Revision).ShouldBe(0);

        UntilPromoted(world, "payments-2");
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void A_gate_on_the_preview_is_answered_by_a_person()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["gate: {name: qa}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Gate);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        world.Status.Message!.ShouldContain("gate qa on the preview waits");

        world.Decide(new DecisionSpec { Action = DecisionAction.Reject, Gate = "qa", Revision = world.Release!.Revision });
        world.UntilEnded(Outcome.Aborted);

        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
    }

    [Fact]
    public void A_restart_takes_no_pod_before_a_new_one_is_there()
    {
        using var world = new ReleaseWorld();
        world.Switched(V1);
        var old = world.Pods.Select(pod => pod.Metadata.Uid).ToHashSet();

        world.Patch($$"""{"spec":{"restartAt":"{{world.Cluster.Now:yyyy-MM-dd'T'HH:mm:ss'Z'}}"} }""");
        world.Cluster.RunUntil(() => world.Status.Restart?.FinishedAt is not null, TimeSpan.FromMinutes(5));

        world.Pods.Count.ShouldBe(10);
        world.Pods.ShouldAllBe(pod => !old.Contains(pod.Metadata.Uid));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Rollout_goes_over_from_a_canary_to_blue_green_and_back()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        var canary = world.Deployed(V1 with { BlueGreen = null, Steps = ["setWeight: 50", "pause: {duration: 10s}"] });

        world.Apply(V1);
        world.UntilHealthy();
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
        world.Apply(V1.V(2));
        UntilPromoted(world, "payments-2");

        world.Apply(canary.V(3));
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Name: "payments-3" });
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((null, null));
        world.Status.Traffic.ShouldBeNull();
        world.ShouldBeAtRest();
    }

    private static void UntilPromoted(ReleaseWorld world, string release) =>
        world.Until(status => status is { Release: null, LastRelease: { Outcome: Outcome.Promoted } last } && last.Name == release);

    private static IReadOnlyList<(string? Active, string? Preview)> Selected(ReleaseWorld world) => [.. world.Traffic.Moments.Select(moment => (moment.Stable, moment.Canary))];
}
