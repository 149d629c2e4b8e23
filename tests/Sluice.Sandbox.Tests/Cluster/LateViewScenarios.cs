using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

/// <summary>The controllers learn of every write up to two seconds late, and in an order drawn from a seed.</summary>
public sealed class LateViewScenarios
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_late_view_creates_no_pod_twice(int seed)
    {
        using var cluster = Late(seed);
        var created = 0;
        cluster.Observe(write => created += write is { Resource: "pods", Before: null } ? 1 : 0);

        cluster.Kubectl.Apply(ReplicaSet("web", 5));
        cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "20s"), "backoffLimit: 0\n  podReplacementPolicy: Failed"));
        cluster.RunUntil(
            () => cluster.Get<V1ReplicaSet>("default", "web")!.Status?.AvailableReplicas == 5
                && cluster.Get<V1Job>("default", "migrate")!.Status?.Conditions?.Any(condition => condition.Type == "Complete") == true,
            TimeSpan.FromMinutes(2));

        created.ShouldBe(6);
        cluster.Get<V1Job>("default", "migrate")!.Status!.Succeeded.ShouldBe(1);
        cluster.Failures.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_late_view_scales_down_to_the_number_asked_for_and_no_further(int seed)
    {
        using var cluster = Late(seed);
        cluster.Kubectl.Apply(ReplicaSet("web", 8));
        cluster.RunUntil(() => cluster.Get<V1ReplicaSet>("default", "web")!.Status?.AvailableReplicas == 8, TimeSpan.FromMinutes(2));
        var least = int.MaxValue;
        cluster.Observe(_ => least = Math.Min(least, cluster.List<V1Pod>("default").Count(pod => pod.Metadata.DeletionTimestamp is null)));

        cluster.Kubectl.Scale<V1ReplicaSet>("default", "web", 3);
        cluster.RunFor(TimeSpan.FromMinutes(2));

        least.ShouldBe(3);
        cluster.List<V1Pod>("default").Count.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_late_view_rolls_out_and_comes_to_rest(int seed)
    {
        using var cluster = Late(seed);
        cluster.Kubectl.Apply(Deployment("web", 4));
        cluster.RunUntil(() => IsComplete(cluster, 1), TimeSpan.FromMinutes(3));
        var most = 0;
        cluster.Observe(_ => most = Math.Max(most, cluster.List<V1Pod>("default").Count(pod => pod.Metadata.DeletionTimestamp is null)));

        cluster.Kubectl.Apply(Deployment("web", 4, "example/app:2"));
        cluster.RunUntil(() => IsComplete(cluster, 2), TimeSpan.FromMinutes(5));
        cluster.RunFor(TimeSpan.FromMinutes(1));
        var version = cluster.Server.ResourceVersion;
        cluster.RunFor(TimeSpan.FromHours(1));

        most.ShouldBeLessThanOrEqualTo(5);
        cluster.List<V1ReplicaSet>("default").Count.ShouldBe(2);
        cluster.Server.ResourceVersion.ShouldBe(version);
    }

    private static VirtualCluster Late(int seed)
    {
        var lag = new Random(seed);
        return new VirtualCluster(new VirtualClusterOptions
        {
            Seed = seed,
            Interleaving = new Random(seed),
            LifeProcess = new ControllerSetOptions { Lag = (_, _) => TimeSpan.FromMilliseconds(lag.Next(2000)) },
        });
    }

    private static bool IsComplete(VirtualCluster cluster, long generation) => cluster.Get<V1Deployment>("default", "web")!.Status is { } status
        && status.ObservedGeneration == generation && status.UpdatedReplicas == 4 && status.Replicas == 4 && status.AvailableReplicas == 4;
}
