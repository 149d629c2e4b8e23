using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary><c>restartAt</c>: the pods are replaced, and nothing is released.</summary>
public sealed class RestartScenarios
{
    private static RolloutYaml Plan => new RolloutYaml { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {duration: 5m}"], Analysis = null }.With("sandbox.sluice.dev/ready-after", "10s");

    [Theory]
    [InlineData("1", "0", 4, 5)]
    [InlineData("0", "1", 3, 4)]
    [InlineData("50%", "25%", 3, 6)]
    [InlineData("100%", "0", 4, 8)]
    public void Every_pod_is_replaced_within_surge_and_unavailable_and_no_release_begins(string surge, string unavailable, int fewest, int most)
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan with { MaxSurge = surge, MaxUnavailable = unavailable, Extra = "minReadySeconds: 5" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var before = world.Pods.Select(pod => pod.Metadata.Name).ToList();
        var ready = new List<int>();
        var pods = new List<int>();
        world.Cluster.Observe(write =>
        {
            if (write.Resource != "pods") return;
            ready.Add(world.Pods.Count(pod => pod.IsReady()));
            pods.Add(world.Pods.Count);
        });

        RestartAt(world, Now(world));
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));
        world.UntilHealthy();

        world.Pods.Select(pod => pod.Metadata.Name).ShouldNotContain(name => before.Contains(name));
        world.Pods.Count.ShouldBe(4);
        ready.Min().ShouldBe(fewest);
        pods.Max().ShouldBe(most);
        world.Releases.ShouldHaveSingleItem();
        world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).ShouldHaveSingleItem();
        world.Events.All.Select(item => item.Reason).Where(reason => reason.StartsWith("Restart", StringComparison.Ordinal)).ShouldBe(["RestartStarted", "RestartFinished"]);
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void In_whatever_order_things_happen_at_once_enough_pods_stay(int seed)
    {
        using var world = new ReleaseWorld(interleaving: new Random(seed));
        world.Deployed(Plan with { Replicas = 6, MaxSurge = "2" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        // That replicas − maxUnavailable stay ready is held after each deletion, by the promise Restarts.
        RestartAt(world, Now(world));
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_time_to_come_is_waited_for()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan);
        var before = world.Pods.Select(pod => pod.Metadata.Name).ToList();
        var at = Now(world) + TimeSpan.FromHours(2);
        RestartAt(world, at);

        world.Cluster.RunFor(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(5));
        world.Pods.Select(pod => pod.Metadata.Name).ShouldBe(before, ignoreOrder: true);
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));

        world.Status.Restart!.StartedAt!.Value.ShouldBeInRange(at, at + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void While_a_release_is_in_flight_it_waits_and_pods_that_are_newer_stay()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));
        var at = Now(world);

        RestartAt(world, at);
        world.Until(status => status.Release is null);
        var newer = world.Pods.Where(pod => pod.Metadata.CreationTimestamp >= at).Select(pod => pod.Metadata.Name).ToList();
        newer.ShouldNotBeEmpty();
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));

        world.Status.Restart!.StartedAt!.Value.ShouldBeGreaterThanOrEqualTo(world.Status.LastRelease!.FinishedAt!.Value);
        newer.ShouldBeSubsetOf(world.Pods.Select(pod => pod.Metadata.Name));
        world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= at);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void While_paused_it_waits()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan);
        var before = world.Pods.Select(pod => pod.Metadata.Name).ToList();
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        RestartAt(world, Now(world));
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Pods.Select(pod => pod.Metadata.Name).ShouldBe(before, ignoreOrder: true);

        world.Patch("""{"spec":{"paused":false}}""");
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Scaled_and_with_another_operator_in_the_middle_it_goes_on()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var at = Now(world);
        RestartAt(world, at);
        world.Cluster.RunFor(TimeSpan.FromSeconds(15));
        world.KillOperator();
        world.Patch("""{"spec":{"replicas":6}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.StartOperator();
        world.UntilHealthy();

        world.Pods.Count.ShouldBe(6);
        world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= at);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void One_that_has_begun_goes_on_by_a_clock_for_which_its_time_has_not_come()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var at = Now(world);
        RestartAt(world, at);
        world.Cluster.RunUntil(() => world.Desired(world.Status.Stable!.Revision) == 5, TimeSpan.FromSeconds(10));
        world.KillOperator();
        world.StartOperator(clock: new OperatorClock(world.Cluster.Time) { Skew = -TimeSpan.FromMinutes(1) });

        world.Cluster.RunFor(TimeSpan.FromSeconds(20));
        world.Desired(world.Status.Stable!.Revision).ShouldBe(5, "what began is not taken back");
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(10));
        world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= at);
    }

    /// <summary>To such a clock the new pods are older than the restart, too.</summary>
    [Fact]
    public void By_a_clock_that_is_ahead_new_pods_have_the_time_to_become_ready()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan);
        world.KillOperator();
        world.StartOperator(clock: new OperatorClock(world.Cluster.Time) { Skew = TimeSpan.FromMinutes(1) });
        var at = Now(world) + TimeSpan.FromMinutes(1);
        var made = 0;
        world.Cluster.Observe(write => made += write is { Resource: "pods", Before: null } ? 1 : 0);

        RestartAt(world, at);
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(10));

        made.ShouldBeLessThan(15);
        world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= at);
    }

    [Fact]
    public void An_operator_that_has_not_seen_the_old_pods_go_does_not_ask_for_the_surge_again()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan with { MaxUnavailable = "1" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var isBehind = true;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => isBehind && resource == "pods" });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        var at = Now(world);
        var scalings = 0;
        world.Cluster.Observe(write => scalings += write is { Resource: "replicasets", Before: { } before } && (int?)before["spec"]?["replicas"] != (int?)write.After["spec"]?["replicas"] ? 1 : 0);

        RestartAt(world, at);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        isBehind = false;
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(10));

        scalings.ShouldBe(2, "the surge comes once and goes once");
        world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= at);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void While_a_revision_that_did_not_make_it_is_held_the_pods_that_serve_are_replaced_all_the_same()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        var (stable, old) = (world.Status.Stable!.Revision, world.Pods.Select(pod => pod.Metadata.Name).ToHashSet());

        RestartAt(world, Now(world) + TimeSpan.FromMinutes(1));
        world.Until(status => status.Restart is { FinishedAt: not null }, TimeSpan.FromMinutes(5));
        world.Until(status => status.Phase == Phase.Degraded);

        world.Pods.ShouldAllBe(pod => !old.Contains(pod.Metadata.Name) && pod.Metadata.Label(Labels.Revision) == stable);
        (world.Pods.Count, world.Condition("Stalled")!.Reason).ShouldBe((4, nameof(Outcome.Aborted)));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_time_before_the_first_pod_asks_for_nothing()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Plan with { Extra = "restartAt: \"2020-01-01T00:00:00Z\"" });

        world.Status.Restart.ShouldBeNull();
        world.ShouldBeAtRest();
    }

    /// <summary>In whole seconds, as the API has times.</summary>
    private static DateTimeOffset Now(ReleaseWorld world) => new(world.Cluster.Now.Ticks - (world.Cluster.Now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static void RestartAt(ReleaseWorld world, DateTimeOffset at) => world.Patch($$$"""{"spec":{"restartAt":"{{{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}}"}}""");
}
