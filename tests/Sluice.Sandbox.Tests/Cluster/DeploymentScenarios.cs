using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class DeploymentScenarios : IDisposable
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(3);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions());

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_deployment_comes_up_and_reports_what_kubectl_rollout_status_waits_for()
    {
        _cluster.Kubectl.Apply(Deployment("web", 3));

        _cluster.RunUntil(() => IsComplete(3), Minutes);

        var status = Get().Status!;
        status.ObservedGeneration.ShouldBe(Get().Metadata.Generation);
        status.UnavailableReplicas.ShouldBeNull();
        Condition("Available")!.Status.ShouldBe("True");
        Condition("Progressing")!.Reason.ShouldBe("NewReplicaSetAvailable");
        Get().Metadata.Annotation("deployment.kubernetes.io/revision").ShouldBe("1");
        var replicaSet = ReplicaSets().ShouldHaveSingleItem();
        replicaSet.Metadata.Label("pod-template-hash").ShouldNotBeNull();
        replicaSet.Metadata.Name.ShouldBe($"web-{replicaSet.Metadata.Label("pod-template-hash")}");
    }

    [Theory]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("0", "1", 4, 0, 1)]
    [InlineData("1", "0", 4, 1, 0)]
    [InlineData("50%", "0", 5, 3, 0)]
    [InlineData("0", "0", 3, 0, 1)]
    [InlineData("100%", "100%", 3, 3, 3)]
    public void A_rolling_update_stays_within_its_bounds(string maxSurge, string maxUnavailable, int replicas, int surge, int unavailable)
    {
        var more = $"strategy: {{type: RollingUpdate, rollingUpdate: {{maxSurge: {maxSurge}, maxUnavailable: {maxUnavailable} }} }}";
        var first = Deployment("web", replicas, annotations: Behaviour("ready-after", "3s"), more: more);
        _cluster.Kubectl.Apply(first);
        _cluster.RunUntil(() => IsComplete(replicas), Minutes);
        var (most, least) = (0, int.MaxValue);
        _cluster.Observe(_ =>
        {
            var pods = _cluster.List<V1Pod>("default").Where(pod => pod.Metadata.DeletionTimestamp is null).ToList();
            most = Math.Max(most, pods.Count);
            least = Math.Min(least, pods.Count(IsReady));
        });

        _cluster.Kubectl.Apply(first.Replace("example/app:1", "example/app:2"));
        _cluster.RunUntil(() => Get().Status!.ObservedGeneration == 2 && IsComplete(replicas), Minutes);

        most.ShouldBeLessThanOrEqualTo(replicas + surge);
        least.ShouldBeGreaterThanOrEqualTo(replicas - unavailable);
        ReplicaSets().Single(item => item.Spec!.Replicas > 0).Metadata.Annotation("deployment.kubernetes.io/revision").ShouldBe("2");
        _cluster.RunUntil(() => _cluster.List<V1Pod>("default").Count == replicas, Minutes);
        _cluster.List<V1Pod>("default").ShouldAllBe(pod => pod.Spec!.Containers![0].Image == "example/app:2");
    }

    [Fact]
    public void Recreate_takes_every_old_pod_away_before_the_first_new_one()
    {
        _cluster.Kubectl.Apply(Deployment("web", 3, more: "strategy: {type: Recreate}"));
        _cluster.RunUntil(() => IsComplete(3), Minutes);
        var mixed = false;
        _cluster.Observe(_ => mixed |= _cluster.List<V1Pod>("default").Select(pod => pod.Spec!.Containers![0].Image).Distinct().Count() > 1);

        _cluster.Kubectl.Apply(Deployment("web", 3, "example/app:2", more: "strategy: {type: Recreate}"));
        _cluster.RunUntil(() => Get().Status!.ObservedGeneration == 2 && IsComplete(3), Minutes);

        mixed.ShouldBeFalse();
    }

    [Fact]
    public void A_rollout_that_does_not_progress_in_time_says_so_and_keeps_the_old_pods()
    {
        _cluster.Kubectl.Apply(Deployment("web", 4, more: "progressDeadlineSeconds: 30"));
        _cluster.RunUntil(() => IsComplete(4), Minutes);

        _cluster.Kubectl.Apply(Deployment("web", 4, "example/app:2", Behaviour("crash", "true"), "progressDeadlineSeconds: 30"));
        _cluster.RunUntil(() => Condition("Progressing")?.Reason == "ProgressDeadlineExceeded", Minutes);

        Condition("Progressing")!.Status.ShouldBe("False");
        Condition("Available")!.Status.ShouldBe("True");
        _cluster.List<V1Pod>("default").Count(IsReady).ShouldBe(3);
    }

    [Fact]
    public void Going_back_to_an_earlier_template_reuses_its_replica_set_under_a_new_revision()
    {
        _cluster.Kubectl.Apply(Deployment("web", 2));
        _cluster.RunUntil(() => IsComplete(2), Minutes);
        var first = ReplicaSets().Single().Metadata.Name;
        _cluster.Kubectl.Apply(Deployment("web", 2, "example/app:2"));
        _cluster.RunUntil(() => Get().Status!.ObservedGeneration == 2 && IsComplete(2), Minutes);

        _cluster.Kubectl.Apply(Deployment("web", 2));
        _cluster.RunUntil(() => Get().Status!.ObservedGeneration == 3 && IsComplete(2), Minutes);

        ReplicaSets().Count.ShouldBe(2);
        var live = ReplicaSets().Single(item => item.Spec!.Replicas > 0);
        live.Metadata.Name.ShouldBe(first);
        live.Metadata.Annotation("deployment.kubernetes.io/revision").ShouldBe("3");
        Get().Metadata.Annotation("deployment.kubernetes.io/revision").ShouldBe("3");
    }

    [Fact]
    public void A_paused_deployment_scales_and_does_not_roll()
    {
        _cluster.Kubectl.Apply(Deployment("web", 2));
        _cluster.RunUntil(() => IsComplete(2), Minutes);

        _cluster.Kubectl.Apply(Deployment("web", 4, "example/app:2", more: "paused: true"));
        _cluster.RunUntil(() => Get().Status!.AvailableReplicas == 4, Minutes);
        _cluster.RunFor(Minutes);
        ReplicaSets().ShouldHaveSingleItem();
        Condition("Progressing")!.Reason.ShouldBe("DeploymentPaused");

        _cluster.Kubectl.Patch<V1Deployment>("default", "web", """{"spec":{"paused":false}}""");
        _cluster.RunUntil(() => IsComplete(4) && ReplicaSets().Count == 2, Minutes);
        _cluster.List<V1Pod>("default").Where(pod => pod.Metadata.DeletionTimestamp is null).ShouldAllBe(pod => pod.Spec!.Containers![0].Image == "example/app:2");
    }

    [Fact]
    public void Scaling_in_the_middle_of_a_rollout_is_shared_among_the_revisions()
    {
        const string Slow = "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2, maxUnavailable: 0} }";
        _cluster.Kubectl.Apply(Deployment("web", 8, more: Slow));
        _cluster.RunUntil(() => IsComplete(8), Minutes);
        _cluster.Kubectl.Apply(Deployment("web", 8, "example/app:2", Behaviour("ready-after", "10m"), Slow));
        _cluster.RunUntil(() => ReplicaSets().Sum(item => item.Status!.Replicas) == 10, Minutes);

        _cluster.Kubectl.Patch<V1Deployment>("default", "web", """{"spec":{"replicas":16}}""");
        _cluster.RunFor(TimeSpan.FromSeconds(30));

        // 10 pods may become 18: the old 8 of 10 take 8/10 of them (14), the new 2 the rest (4).
        ReplicaSets().Select(item => item.Spec!.Replicas!.Value).OrderDescending().ShouldBe([14, 4]);
    }

    [Fact]
    public void Empty_replica_sets_beyond_the_history_limit_are_deleted()
    {
        for (var version = 1; version <= 4; version++)
        {
            _cluster.Kubectl.Apply(Deployment("web", 1, $"example/app:{version}", more: "revisionHistoryLimit: 1"));
            var generation = version;
            _cluster.RunUntil(() => Get().Status?.ObservedGeneration == generation && IsComplete(1), Minutes);
        }

        _cluster.RunUntil(() => ReplicaSets().Count == 2, Minutes);
        ReplicaSets().Select(item => item.Metadata.Annotation("deployment.kubernetes.io/revision")).ShouldBe(["3", "4"], ignoreOrder: true);
    }

    [Fact]
    public void At_rest_nothing_is_written()
    {
        _cluster.Kubectl.Apply(Deployment("web", 3));
        _cluster.RunUntil(() => IsComplete(3), Minutes);
        _cluster.RunFor(Minutes);
        var version = _cluster.Server.ResourceVersion;

        _cluster.RunFor(TimeSpan.FromHours(1));

        _cluster.Server.ResourceVersion.ShouldBe(version);
        _cluster.Failures.ShouldBeEmpty();
    }

    private static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private V1Deployment Get() => _cluster.Get<V1Deployment>("default", "web")!;

    private bool IsComplete(int replicas) => Get().Status is { } status
        && status.UpdatedReplicas == replicas && status.Replicas == replicas && status.AvailableReplicas == replicas;

    private V1DeploymentCondition? Condition(string type) => Get().Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    private IReadOnlyList<V1ReplicaSet> ReplicaSets() => _cluster.List<V1ReplicaSet>("default");
}
