using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class GarbageScenarios : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions());

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void In_the_background_the_owner_goes_first_and_everything_below_it_follows()
    {
        Given_a_deployment();

        _cluster.Kubectl.Delete<V1Deployment>("default", "web");

        _cluster.Get<V1Deployment>("default", "web").ShouldBeNull();
        _cluster.RunUntil(() => ReplicaSets() == 0 && Pods() == 0, Minute);
    }

    [Fact]
    public void In_the_foreground_the_owner_goes_last()
    {
        Given_a_deployment();
        var order = new List<string>();
        _cluster.Observe(write =>
        {
            if (write.Type == WatchEventType.Deleted) order.Add(write.Resource);
        });

        _cluster.Kubectl.Delete<V1Deployment>("default", "web", new DeleteOptions { PropagationPolicy = "Foreground" });
        _cluster.Get<V1Deployment>("default", "web")!.Metadata.Finalizers.ShouldBe(["foregroundDeletion"]);

        _cluster.RunUntil(() => _cluster.Get<V1Deployment>("default", "web") is null, Minute);
        order.ShouldBe(["pods", "pods", "replicasets", "deployments"]);
    }

    [Fact]
    public void Orphaned_dependents_stay_and_lose_their_owner()
    {
        Given_a_deployment();

        _cluster.Kubectl.Delete<V1Deployment>("default", "web", new DeleteOptions { PropagationPolicy = "Orphan" });
        _cluster.RunUntil(() => _cluster.Get<V1Deployment>("default", "web") is null, Minute);
        _cluster.RunFor(Minute);

        _cluster.List<V1ReplicaSet>("default").ShouldHaveSingleItem().Metadata.OwnerReferences.ShouldBeNull();
        Pods().ShouldBe(2);
    }

    [Fact]
    public void An_owner_counts_by_its_uid_and_not_by_its_name()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 0));
        _cluster.Kubectl.Create(Pod("late", Owner("ReplicaSet", "web", "00000000-0000-4000-8000-000000000000")));

        _cluster.RunUntil(() => Pods() == 0, Minute);

        _cluster.Get<V1ReplicaSet>("default", "web").ShouldNotBeNull();
    }

    [Fact]
    public void What_a_former_owner_of_the_same_name_had_goes_though_that_one_is_there_again_at_once()
    {
        Given_a_deployment();
        var (set, former) = (_cluster.List<V1ReplicaSet>("default").Single(), _cluster.List<V1Pod>("default").Select(pod => pod.Metadata.Uid).ToList());

        _cluster.Kubectl.Delete<V1ReplicaSet>("default", set.Metadata.Name!);
        _cluster.Kubectl.Create(set with { Metadata = new V1ObjectMeta { Name = set.Metadata.Name, Namespace = "default", Labels = set.Metadata.Labels, OwnerReferences = set.Metadata.OwnerReferences } });
        _cluster.RunUntil(() => Pods() == 2 && !_cluster.List<V1Pod>("default").Any(pod => former.Contains(pod.Metadata.Uid)), Minute);
    }

    [Fact]
    public void With_one_of_two_owners_left_the_object_stays_and_loses_the_dangling_reference()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 0));
        var owner = _cluster.Get<V1ReplicaSet>("default", "web")!;
        _cluster.Kubectl.Create(Pod("late", Owner("ReplicaSet", "gone", "00000000-0000-4000-8000-000000000000"), Owner("ReplicaSet", "web", owner.Metadata.Uid!)));

        _cluster.RunUntil(() => _cluster.Get<V1Pod>("default", "late")!.Metadata.OwnerReferences!.Count == 1, Minute);

        _cluster.Get<V1Pod>("default", "late")!.Metadata.OwnerReferences!.Single().Name.ShouldBe("web");
    }

    [Fact]
    public void The_sweep_finds_dependents_of_kinds_that_nobody_watches()
    {
        using var cluster = new VirtualCluster(new VirtualClusterOptions { Life = new ClusterLifeOptions { GarbageSweep = TimeSpan.FromSeconds(30) } });
        cluster.Kubectl.Apply(ReplicaSet("web", 0));
        cluster.Kubectl.Apply($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
              namespace: default
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: {{cluster.Get<V1ReplicaSet>("default", "web")!.Metadata.Uid}} }]
            """);
        cluster.RunFor(Minute);
        cluster.Server.Find("configmaps", "default", "settings").ShouldNotBeNull();

        cluster.Kubectl.Delete<V1ReplicaSet>("default", "web");
        cluster.RunUntil(() => cluster.Server.Find("configmaps", "default", "settings") is null, TimeSpan.FromSeconds(31));
    }

    [Fact]
    public void What_an_owner_of_an_unwatched_kind_lets_go_is_not_deleted_in_the_same_sweep()
    {
        using var cluster = new VirtualCluster(new VirtualClusterOptions { Life = new ClusterLifeOptions { GarbageSweep = TimeSpan.FromSeconds(30) } });
        cluster.Kubectl.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: first, namespace: default}}");
        var uid = (string?)cluster.Server.Find("configmaps", "default", "first")!["metadata"]!["uid"];
        cluster.Kubectl.Apply($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: later
              namespace: default
              ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: first, uid: {{uid}} }]
            """);
        cluster.RunFor(Minute);

        cluster.Server.Handle(ApiRequest.FromUrl("DELETE", "/api/v1/namespaces/default/configmaps/first?propagationPolicy=Orphan"));
        cluster.RunUntil(() => cluster.Server.Find("configmaps", "default", "first") is null, Minute);
        cluster.RunFor(Minute);

        cluster.Server.Find("configmaps", "default", "later").ShouldNotBeNull();
    }

    [Fact]
    public void A_deleted_namespace_is_emptied_of_every_kind_and_then_goes()
    {
        _cluster.Kubectl.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
        _cluster.RunUntil(() => _cluster.Get<V1ServiceAccount>("shop", "default") is not null, Minute);
        _cluster.Kubectl.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}");
        _cluster.Kubectl.Apply(Deployment("web", 2).Replace("namespace: default", "namespace: shop", StringComparison.Ordinal));
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "1h")).Replace("namespace: default", "namespace: shop", StringComparison.Ordinal));
        _cluster.RunUntil(() => _cluster.List<V1Pod>("shop").Count(pod => pod.Status?.Phase == "Running") == 3, Minute);

        _cluster.Kubectl.Delete<V1Namespace>(null, "shop");
        _cluster.Get<V1Namespace>("", "shop")!.Status!.Phase.ShouldBe("Terminating");
        _cluster.RunUntil(() => _cluster.Get<V1Namespace>("", "shop") is null, Minute);

        _cluster.List<V1Pod>("shop").ShouldBeEmpty();
        _cluster.Server.List("configmaps").ShouldNotContain(item => (string?)item["metadata"]!["namespace"] == "shop");
    }

    private void Given_a_deployment()
    {
        _cluster.Kubectl.Apply(Deployment("web", 2));
        _cluster.RunUntil(() => _cluster.Get<V1Deployment>("default", "web")?.Status?.AvailableReplicas == 2, Minute);
    }

    private static V1OwnerReference Owner(string kind, string name, string uid) => new() { ApiVersion = "apps/v1", Kind = kind, Name = name, Uid = uid };

    private static V1Pod Pod(string name, params V1OwnerReference[] owners) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "default", OwnerReferences = owners },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "app", Image = "example/app:1" }] },
    };

    private int ReplicaSets() => _cluster.List<V1ReplicaSet>("default").Count;

    private int Pods() => _cluster.List<V1Pod>("default").Count;
}
