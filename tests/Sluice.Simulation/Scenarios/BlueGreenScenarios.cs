using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Releases behind an active and a preview Service. That every single move keeps to the rules is looked at after each write, by the promise Switches.</summary>
public sealed class BlueGreenScenarios
{
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
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
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
}
