using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using Sluice.TestSupport;

namespace Sluice.Simulation.Scenarios;

/// <summary>What kstatus says, from one change of the spec to the end of what follows from it. That it never says anything else in between is checked after every write of every scenario.</summary>
public sealed class StatusScenarios
{
    [Fact]
    public void A_first_deployment_is_in_progress_from_its_creation_and_current_at_its_end()
    {
        using var world = new ReleaseWorld();

        world.Deployed(new RolloutYaml());

        world.Statuses.Changes.ShouldBe([(1, Kstatus.InProgress), (1, Kstatus.Current)]);
    }

    [Fact]
    public void A_Rollout_that_no_operator_has_seen_is_in_progress()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();

        world.Apply(new RolloutYaml());
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Statuses.Changes.ShouldBe([(1, Kstatus.InProgress)]);
    }

    [Fact]
    public void A_status_that_somebody_takes_away_comes_back_though_nothing_else_happens()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml());
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        var revision = world.Status.Stable!.Revision;

        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");
        world.UntilHealthy(within: TimeSpan.FromMinutes(1));

        world.Status.Stable!.Revision.ShouldBe(revision);
        world.Releases.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_release_is_in_progress_until_it_is_promoted()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Soak = "2m" });

        world.Apply(v1.V(2) with { Migration = "expand: {command: [./migrate]}" });
        world.UntilHealthy();

        world.Statuses.Changes.Skip(2).ShouldBe([(2, Kstatus.InProgress), (2, Kstatus.Current)]);
    }

    [Fact]
    public void A_release_is_in_progress_until_it_is_rolled_back_and_then_failed()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);
        world.ShouldBeAtRest();
        world.Apply(v1);
        world.UntilHealthy();

        world.Statuses.Changes.Skip(2).ShouldBe([(2, Kstatus.InProgress), (2, Kstatus.Failed), (3, Kstatus.InProgress), (3, Kstatus.Current)]);
    }

    [Fact]
    public void An_invalid_spec_has_failed_and_a_corrected_one_is_in_progress()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2) with { Analysis = v1.Analysis + "\nsource: nowhere" });
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }));
        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Statuses.Changes.Skip(2).ShouldBe([(2, Kstatus.InProgress), (2, Kstatus.Failed), (3, Kstatus.InProgress), (3, Kstatus.Current)]);
    }

    [Fact]
    public void Pods_of_a_preview_or_that_wait_out_their_delay_do_not_make_a_service_available_whose_own_are_gone()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Switched(new RolloutYaml { Replicas = 3, Analysis = null, Steps = ["pause: {}"], ScaleDownDelay = "30m" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        (LoseStable(), world.Status.Canary!.Summary).ShouldBe(("False", "3/3"));

        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
        (LoseStable(), world.Status.AvailableReplicas).ShouldBe(("False", 3));

        world.UntilHealthy();
        world.Condition("Available")!.Status.ShouldBe("True");

        string LoseStable()
        {
            world.Condition("Available")!.Status.ShouldBe("True");
            var stable = world.Status.Stable!.Revision;
            foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == stable)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
            world.Cluster.RunFor(TimeSpan.FromSeconds(2));
            return world.Condition("Available")!.Status;
        }
    }

    [Fact]
    public void One_pod_is_not_told_of_as_several()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [] }.With("sandbox.sluice.dev/ready-after", "20s"));
        world.UntilStage(Stage.Promoting);
        world.Condition("Available")!.Message.ShouldBe("only 0 pods are available, of at least 1");

        world.UntilHealthy();
        world.Condition("Available")!.Message.ShouldBe("at least 1 pod is available");
        world.Releases[^1].Status!.Message.ShouldBe($"revision {world.Status.Stable!.Revision} runs on its pod");
    }

    [Fact]
    public void What_lasts_until_another_day_says_so()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = ["setWeight: 50", "pause: {duration: 48h}"], Soak = "24h" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Status.Message!.ShouldEndWith($"until {world.Cluster.Now.AddHours(48):yyyy-MM-dd HH:mm}:{world.Release!.Step!.Deadline:ss} UTC");

        world.Decide(DecisionAction.Continue);
        world.Until(status => status.Message!.Contains($"watched until {world.Cluster.Now.AddHours(24):yyyy-MM-dd} ", StringComparison.Ordinal), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Pods_that_run_and_never_become_ready_are_named_when_their_time_is_over()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = ["setWeight: 50"], Extra = "progressDeadlineSeconds: 60" });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "1h"));
        world.UntilEnded(Outcome.RolledBack);

        world.Status.LastRelease!.Message!.ShouldMatch(@"0 of 1 pods are available \(pod payments-\S+ never became ready: look at its readiness probe\)$");
    }

    [Fact]
    public void A_pause_and_scaling_are_in_progress()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 10m}"], Analysis = null });

        world.Apply(v1.V(2));
        world.Until(status => status.Phase == Phase.Paused);
        world.Patch("""{"spec":{"replicas":6}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();
        world.Patch("""{"spec":{"replicas":8}}""");
        world.UntilHealthy();

        world.Statuses.Changes.Skip(2).ShouldBe([
            (2, Kstatus.InProgress), (3, Kstatus.InProgress), (4, Kstatus.InProgress), (5, Kstatus.InProgress), (5, Kstatus.Current), (6, Kstatus.InProgress), (6, Kstatus.Current)]);
    }
}
