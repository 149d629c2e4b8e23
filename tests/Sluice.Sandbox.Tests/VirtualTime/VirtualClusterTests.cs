using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.Tests.Cluster;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Sandbox.Tests.VirtualTime;

public sealed class VirtualClusterTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions { Life = null });

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Controllers_begin_with_what_exists_and_follow_what_changes()
    {
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("old", 1));
        var seen = new List<string>();
        Add("watcher", key => Note(seen, key));

        _cluster.RunFor(Minute);
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("new", 1));
        _cluster.RunFor(Minute);
        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "old", 3);
        _cluster.RunFor(Minute);

        seen.ShouldBe(["old", "new", "old"]);
    }

    [Fact]
    public void Several_changes_before_a_reconcile_are_one_reconcile()
    {
        var seen = new List<string>();
        Add("watcher", key => Note(seen, key));
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 2);
        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 3);

        _cluster.RunFor(Minute);

        seen.ShouldBe(["web"]);
    }

    [Fact]
    public void Failures_are_retried_with_doubled_waits_and_remembered()
    {
        var times = new List<double>();
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        var start = _cluster.Now;
        Add("failing", _ =>
        {
            times.Add((_cluster.Now - start).TotalMilliseconds);
            throw new InvalidOperationException("not today");
        });

        _cluster.RunFor(TimeSpan.FromMilliseconds(100));

        times.ShouldBe([0, 5, 15, 35, 75]);
        _cluster.Failures.Count.ShouldBe(5);
        _cluster.Failures.ShouldAllBe(failure => failure.Controller == "failing" && failure.Error.Message == "not today");
    }

    [Fact]
    public void A_key_comes_back_after_the_delay_it_asked_for()
    {
        var times = new List<double>();
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        var start = _cluster.Now;
        Add("ticking", _ =>
        {
            times.Add((_cluster.Now - start).TotalSeconds);
            return ReconcileResult.After(TimeSpan.FromSeconds(10));
        });

        _cluster.RunFor(TimeSpan.FromSeconds(35));

        times.ShouldBe([0, 10, 20, 30]);
        _cluster.Now.ShouldBe(start.AddSeconds(35));
    }

    [Fact]
    public void A_hot_loop_ends_the_run_and_names_the_key()
    {
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        Add("spinning", _ => ReconcileResult.After(TimeSpan.Zero));

        var loop = Should.Throw<HotLoopException>(() => _cluster.RunFor(Minute));

        loop.Controller.ShouldBe("spinning");
        loop.Key.ShouldBe(new NamespacedName("default", "web"));
    }

    [Fact]
    public void A_reconcile_that_waits_for_a_timer_is_refused()
    {
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        _cluster.AddControllers("waiting", environment => [Definition("waiting", new Waiting(environment.Time))]);

        Should.Throw<AsynchronousReconcileException>(() => _cluster.RunFor(Minute)).Message.ShouldContain("waiting did not finish default/web");
    }

    [Fact]
    public void What_an_observer_throws_ends_the_run()
    {
        _cluster.AddControllers("scaling", environment => [Definition("scaling", new Scaling(environment))]);
        _cluster.Observe(write =>
        {
            if (write.Resource == "replicasets" && (int?)write.After["spec"]!["replicas"] == 7) throw new InvalidOperationException("seven is too many");
        });
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));

        Should.Throw<InvalidOperationException>(() => _cluster.RunFor(Minute)).Message.ShouldBe("seven is too many");
    }

    [Fact]
    public void A_late_view_shows_an_older_state_and_its_writes_lose()
    {
        var lag = new ControllerSetOptions { Lag = (_, _) => TimeSpan.FromSeconds(5) };
        V1ReplicaSet? seen = null;
        _cluster.AddControllers("late", environment => [Definition("late", new Looking(key => seen = environment.Reader.Get<V1ReplicaSet>(key)))], lag);
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        _cluster.RunFor(TimeSpan.FromSeconds(4));
        seen.ShouldBeNull();
        _cluster.RunFor(TimeSpan.FromSeconds(2));
        seen!.Spec!.Replicas.ShouldBe(1);

        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 2);

        Should.Throw<KubernetesException>(() => _cluster.Client.UpdateAsync(seen, WriteOptions.Default, CancellationToken.None).GetAwaiter().GetResult()).IsConflict.ShouldBeTrue();
        _cluster.RunFor(TimeSpan.FromSeconds(6));
        seen.Spec!.Replicas.ShouldBe(2);
    }

    [Fact]
    public void Removed_controllers_do_nothing_more_and_fresh_ones_begin_anew()
    {
        var seen = new List<string>();
        Add("operator", key => Note(seen, key));
        _cluster.Kubectl.Apply(Manifests.ReplicaSet("web", 1));
        _cluster.RunFor(Minute);

        _cluster.RemoveControllers("operator");
        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 2);
        _cluster.RunFor(Minute);
        seen.Count.ShouldBe(1);

        Add("operator", key => Note(seen, key));
        _cluster.RunFor(Minute);
        seen.Count.ShouldBe(2);
    }

    [Fact]
    public void What_is_waited_for_in_vain_ends_with_a_description()
    {
        Should.Throw<VirtualDeadlineException>(() => _cluster.RunUntil(() => false, Minute)).Message.ShouldContain("did not come within 00:01:00");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(11)]
    public void The_same_seed_gives_the_same_history(int? interleaving)
    {
        var first = History(1);

        History(1).ShouldBe(first);
        History(2).ShouldNotBe(first);

        List<string> History(int seed)
        {
            using var cluster = new VirtualCluster(new VirtualClusterOptions { Seed = seed, Interleaving = interleaving is { } order ? new Random(order) : null });
            var history = new List<string>();
            cluster.Observe(write => history.Add($"{cluster.Now:O} {write.ResourceVersion} {write.Verb} {write.Resource} {write.Name} {write.UserAgent}"));
            cluster.Kubectl.Apply(Manifests.Deployment("web", 3));
            cluster.RunFor(Minute);
            cluster.Kubectl.Apply(Manifests.Deployment("web", 3, "example/app:2"));
            cluster.RunFor(Minute);
            return history;
        }
    }

    private static ReconcileResult Note(List<string> seen, NamespacedName key)
    {
        seen.Add(key.Name);
        return ReconcileResult.Success;
    }

    private static ControllerDefinition Definition(string name, IReconciler reconciler) =>
        new() { Name = name, Reconciler = reconciler, Watches = [WatchDefinition.For<V1ReplicaSet>()] };

    private void Add(string name, Func<NamespacedName, ReconcileResult> reconcile) =>
        _cluster.AddControllers(name, _ => [Definition(name, new Reconciling(reconcile))]);

    private sealed class Reconciling(Func<NamespacedName, ReconcileResult> reconcile) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct) => Task.FromResult(reconcile(key));
    }

    private sealed class Looking(Action<NamespacedName> look) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            look(key);
            return Task.FromResult(ReconcileResult.Success);
        }
    }

    private sealed class Waiting(TimeProvider time) : IReconciler
    {
        public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, ct);
            return ReconcileResult.Success;
        }
    }

    private sealed class Scaling(ControllerEnvironment environment) : IReconciler
    {
        public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            var item = environment.Reader.Get<V1ReplicaSet>(key)!;
            await environment.Writer.UpdateAsync(item with { Spec = item.Spec! with { Replicas = 7 } }, WriteOptions.Default, ct);
            return ReconcileResult.Success;
        }
    }
}
