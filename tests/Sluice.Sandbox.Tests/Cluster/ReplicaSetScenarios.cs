using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class ReplicaSetScenarios : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions());

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_replica_set_brings_its_pods_up_and_counts_them()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 3));

        _cluster.RunUntil(() => Status()?.AvailableReplicas == 3, Minute);

        var pods = _cluster.List<V1Pod>("default");
        pods.Count.ShouldBe(3);
        pods.ShouldAllBe(pod => pod.Metadata.ControllerOwner()!.Name == "web" && pod.Spec!.NodeName == "sandbox-node" && pod.Status!.Phase == "Running");
        pods.Select(pod => pod.Status!.PodIP).Distinct().Count().ShouldBe(3);
        Status()!.Replicas.ShouldBe(3);
        Status()!.ReadyReplicas.ShouldBe(3);
        Status()!.FullyLabeledReplicas.ShouldBe(3);
        Status()!.ObservedGeneration.ShouldBe(1);
    }

    [Fact]
    public void Scaling_up_and_down_creates_and_deletes_the_difference()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 2));
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 2, Minute);
        var first = Names();

        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 5);
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 5, Minute);
        first.ShouldBeSubsetOf(Names());

        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 0);
        _cluster.RunUntil(() => _cluster.List<V1Pod>("default").Count == 0, Minute);
        Status()!.Replicas.ShouldBe(0);
    }

    [Fact]
    public void The_pods_that_are_not_ready_are_deleted_first()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 2));
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 2, Minute);
        var ready = Names();
        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 4);
        _cluster.RunUntil(() => Names().Count == 4, Minute);

        _cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 2);
        _cluster.RunFor(Minute);

        Names().ShouldBe(ready, ignoreOrder: true);
    }

    [Fact]
    public void A_terminating_pod_is_no_replica_and_is_replaced_at_once()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 1));
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 1, Minute);
        var old = Names().Single();

        _cluster.Kubectl.Delete<V1Pod>("default", old);
        _cluster.RunUntil(() => Names().Count == 2, TimeSpan.FromMilliseconds(100));

        Status()!.Replicas.ShouldBe(1);
        _cluster.RunUntil(() => !Names().Contains(old), Minute);
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 1, Minute);
    }

    [Fact]
    public void Pods_count_as_available_only_after_min_ready_seconds()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 1, minReadySeconds: 20));
        _cluster.RunUntil(() => Status()?.ReadyReplicas == 1, Minute);
        var ready = _cluster.Now;
        Status()!.AvailableReplicas.ShouldBeNull();

        _cluster.RunUntil(() => Status()?.AvailableReplicas == 1, Minute);

        (_cluster.Now - ready).TotalSeconds.ShouldBeInRange(19, 20.1);
    }

    [Fact]
    public void Orphans_that_match_are_adopted_and_pods_that_match_no_more_are_released()
    {
        _cluster.Kubectl.Apply(Pod("stray"));
        _cluster.Kubectl.Patch<V1Pod>("default", "stray", """{"metadata":{"labels":{"app":"web"}}}""");
        _cluster.Kubectl.Apply(ReplicaSet("web", 2));
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 2, Minute);
        _cluster.List<V1Pod>("default").Count.ShouldBe(2);
        _cluster.Get<V1Pod>("default", "stray")!.Metadata.ControllerOwner()!.Name.ShouldBe("web");

        _cluster.Kubectl.Patch<V1Pod>("default", "stray", """{"metadata":{"labels":{"app":"debug"}}}""");
        _cluster.RunUntil(() => _cluster.List<V1Pod>("default", ("app", "web")).Count == 2, Minute);

        _cluster.Get<V1Pod>("default", "stray")!.Metadata.OwnerReferences.ShouldBeNull();
    }

    [Fact]
    public void At_rest_nothing_is_written()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 3));
        _cluster.RunUntil(() => Status()?.AvailableReplicas == 3, Minute);
        _cluster.RunFor(Minute);
        var version = _cluster.Server.ResourceVersion;

        _cluster.RunFor(TimeSpan.FromHours(1));

        _cluster.Server.ResourceVersion.ShouldBe(version);
        _cluster.Failures.ShouldBeEmpty();
    }

    private V1ReplicaSetStatus? Status() => _cluster.Get<V1ReplicaSet>("default", "web")?.Status;

    private List<string> Names() => [.. _cluster.List<V1Pod>("default").Select(pod => pod.Metadata.Name!)];
}
