using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>
/// A cache stands still, or the operator is away, for longer than pods are waited for: what a deadline decides rests on the cluster as it is, and on what the operator itself
/// has done for it.
/// </summary>
public sealed class StandstillScenarios
{
    private const string Pods = "pods";
    private const string Sets = "replicasets.apps";
    private const string Both = "pods replicasets.apps";

    private static readonly TimeSpan Standstill = TimeSpan.FromMinutes(15);

    private bool isBehind;

    public enum Way
    {
        ByPods,
        ByRoute,
        BlueGreen,
    }

    [Theory]
    [InlineData(Way.ByPods, Pods, Stage.Starting)]
    [InlineData(Way.ByPods, Sets, Stage.Starting)]
    [InlineData(Way.ByPods, Both, Stage.Starting)]
    [InlineData(Way.ByPods, Both, Stage.Stepping)]
    [InlineData(Way.ByPods, Both, Stage.Promoting)]
    [InlineData(Way.ByRoute, Pods, Stage.Starting)]
    [InlineData(Way.ByRoute, Sets, Stage.Starting)]
    [InlineData(Way.ByRoute, Both, Stage.Starting)]
    [InlineData(Way.ByRoute, Both, Stage.Promoting)]
    [InlineData(Way.BlueGreen, Sets, Stage.Starting)]
    [InlineData(Way.BlueGreen, Both, Stage.Starting)]
    public void A_good_release_is_not_taken_back_for_a_view_that_stands_still(Way way, string resources, Stage from)
    {
        using var world = World(way, resources, out var v1);
        world.Apply(v1.V(2));
        world.Cluster.RunUntil(() => world.Release is { } release && release.Stage == from && world.Desired(release.Revision) > 0, TimeSpan.FromMinutes(5));
        world.Cluster.RunFor(TimeSpan.FromMilliseconds(100));
        isBehind = true;
        world.Cluster.RunFor(Standstill);
        isBehind = false;

        world.Until(status => status.LastRelease is { Name: "payments-2" });
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted, world.Status.LastRelease.Message);
        world.UntilHealthy();
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(Way.ByPods, Pods)]
    [InlineData(Way.ByPods, Both)]
    [InlineData(Way.ByRoute, Both)]
    [InlineData(Way.BlueGreen, Both)]
    public void A_release_whose_pods_never_become_ready_is_taken_back_all_the_same(Way way, string resources)
    {
        using var world = World(way, resources, out var v1);
        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "true"));
        world.Cluster.RunUntil(() => world.Desired(world.Release?.Revision) > 0, TimeSpan.FromMinutes(5));
        isBehind = true;
        world.Cluster.RunFor(Standstill);
        isBehind = false;

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(1));
        world.Status.LastRelease!.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 6));
    }

    [Fact]
    public void A_route_that_was_put_back_while_the_operator_was_down_is_still_steered_before_the_release_is_given_up()
    {
        using var world = World(Way.ByRoute, Pods, out var v1);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.Kubectl.Delete<V1HTTPRoute>(ReleaseWorld.Namespace, "payments");
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));
        world.Release!.ProgressMark.ShouldBe(9, "all pods have come, and the route is missing");
        world.KillOperator();
        world.Cluster.Kubectl.Apply(RouteYaml.Route);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.StartOperator();

        world.Until(status => status.LastRelease is { Name: "payments-2" });
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted, world.Status.LastRelease.Message);
        world.UntilHealthy();
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_way_back_is_not_called_stuck_and_its_undo_not_left_out_because_the_operator_was_away(bool isDown)
    {
        using var world = World(Way.ByRoute, Both, out var v1);
        const string Migration = "annotations: {sandbox.sluice.dev/duration: 5s}\nexpand: {command: [./migrate, up]}\nundo: {command: [./migrate, down]}";
        world.Apply(v1.V(2) with { Migration = Migration, Steps = ["setWeight: 50", "pause: {}"] });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        isBehind = true;
        if (isDown) world.KillOperator();
        world.Cluster.RunFor(Standstill);
        isBehind = false;
        if (isDown) world.StartOperator();

        world.UntilEnded(Outcome.Aborted);
        world.Releases[^1].Status!.Timeline.ShouldNotContain(entry => entry.Reason == Reasons.RollbackStuck);
        world.Migrations.ShouldContain(migration => migration.Spec.Phase == MigrationPhase.Undo && migration.Status!.State == MigrationState.Succeeded);
    }

    [Fact]
    public void A_contract_is_not_put_off_for_old_pods_that_nobody_took_away_because_the_operator_was_down()
    {
        using var world = World(Way.ByRoute, Both, out var v1);
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 5s}\nexpand: {command: [./migrate, up]}\ncontract: {command: [./migrate, contract]}" });
        world.UntilStage(Stage.Contracting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        world.KillOperator();
        world.Cluster.RunFor(Standstill);
        world.StartOperator();

        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();
        world.Status.OwedContracts.ShouldBeEmpty(world.Status.LastRelease!.Message);
        world.Migrations.ShouldContain(migration => migration.Spec.Phase == MigrationPhase.Contract && migration.Status!.State == MigrationState.Succeeded);
    }

    [Fact]
    public void What_the_operator_is_refused_each_time_is_not_waited_for_without_end()
    {
        using var world = World(Way.ByRoute, Both, out var v1);
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => world.Release?.Step?.Index == 1 && request.Method == HttpMethod.Patch && request.RequestUri!.AbsolutePath.Contains("/replicasets/", StringComparison.Ordinal) ? ConnectionFault.ServerError : null },
        });
        world.Apply(v1.V(2));

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));
        world.Status.LastRelease!.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded);
    }

    [Theory]
    [InlineData("3s", Outcome.Promoted, 0)]
    [InlineData("1h", Outcome.RolledBack, 2)]
    public void Pods_are_read_live_only_when_a_deadline_is_over_and_for_the_move_that_follows(string readyAfter, Outcome outcome, int reads)
    {
        using var world = World(Way.ByPods, Both, out var v1);
        var read = 0;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Strikes = request =>
                {
                    if (request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith("/pods", StringComparison.Ordinal)) read++;
                    return null;
                },
            },
        });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", readyAfter));

        world.Until(status => status.LastRelease is { Name: "payments-2" });
        (world.Status.LastRelease!.Outcome, read).ShouldBe((outcome, reads));
    }

    [Fact]
    public void Pods_that_are_back_are_not_called_missing_by_a_view_that_stands_still()
    {
        using var world = World(Way.ByPods, Both, out _);
        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, world.Pods[0].Metadata.Name!);
        world.Until(status => status.Phase == Phase.Progressing, TimeSpan.FromSeconds(10));
        isBehind = true;
        world.Cluster.RunFor(Standstill);

        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.Events.All.ShouldNotContain(told => told.Reason == Reasons.PodsUnavailable);
    }

    private ReleaseWorld World(Way way, string resources, out RolloutYaml v1)
    {
        var world = new ReleaseWorld(routes: way != Way.ByPods);
        var plan = new RolloutYaml
        {
            Replicas = 6,
            MaxSurge = "1",
            Steps = way == Way.BlueGreen ? ["pause: {duration: 10s}"] : ["setWeight: 20", "setWeight: 50"],
            Analysis = null,
            Extra = "progressDeadlineSeconds: 60",
        };
        v1 = way switch
        {
            Way.ByPods => world.Deployed(plan),
            Way.ByRoute => world.Routed(plan),
            _ => world.Switched(plan),
        };
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => isBehind && resources.Split(' ').Contains(resource) });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        return world;
    }
}
