using System.Text.Json;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Operator.Hosting;

namespace Sluice.Operator.Tests.Hosting;

/// <summary>What is left out of the cache is read by nobody.</summary>
public sealed class CacheProjectionTests
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.Options(ApiJsonContext.Default);

    [Fact]
    public void A_replica_set_and_its_pods_are_observed_the_same_as_they_are_and_as_they_are_kept()
    {
        var set = Set();
        V1Pod[] pods = [Pod("ready"), Pod("waiting", """{"type":"Ready","status":"False"}""", waiting: "CrashLoopBackOff"), Pod("new", """{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"no room"}""")];

        var whole = ReplicaSetReader.Read(set, pods);
        var kept = ReplicaSetReader.Read(CacheProjections.ReplicaSet(set), pods.Select(CacheProjections.Pod));

        JsonSerializer.Serialize(kept).ShouldBe(JsonSerializer.Serialize(whole));
        whole.PodList.Select(pod => pod.WaitingReason).ShouldBe(["Unschedulable", null, "CrashLoopBackOff"]);
    }

    [Fact]
    public void A_replica_set_is_kept_without_its_template()
    {
        var kept = CacheProjections.ReplicaSet(Set());

        kept.Spec!.Template.ShouldBeNull();
        kept.Metadata.Annotations.ShouldBeNull();
        kept.Metadata.ControllerOwner()!.Uid.ShouldBe("r1");
    }

    [Theory]
    [InlineData("sluice.dev/migration")]
    [InlineData("sluice.dev/checks")]
    public void The_pod_of_a_Job_keeps_how_it_ended(string label)
    {
        var pod = Read<V1Pod>($$"""
            {"metadata":{"name":"m","namespace":"shop","labels":{"{{label}}":"m","sluice.dev/attempt":"1"} },
             "status":{"phase":"Failed","conditions":[{"type":"DisruptionTarget","status":"True"}],"containerStatuses":[{"restartCount":0,"state":{"terminated":{"exitCode":3} } }] } }
            """);

        var kept = CacheProjections.Pod(pod);

        kept.Status!.ContainerStatuses![0].State!.Terminated!.ExitCode.ShouldBe(3);
        kept.Status.Conditions!.ShouldHaveSingleItem().Type.ShouldBe("DisruptionTarget");
    }

    [Fact]
    public void Of_anybody_elses_pod_only_its_existence_is_kept()
    {
        var kept = CacheProjections.Pod(Read<V1Pod>("""{"metadata":{"name":"x","namespace":"shop","uid":"u","resourceVersion":"7","labels":{"app":"x"}},"status":{"phase":"Running"}}"""));

        kept.ShouldBe(new V1Pod { Metadata = new V1ObjectMeta { Name = "x", Namespace = "shop", Uid = "u", ResourceVersion = "7" } });
    }

    [Fact]
    public void A_rollout_is_kept_without_what_kubectl_remembers_of_it_and_with_everything_else()
    {
        var rollout = Read<Rollout>("""
            {"metadata":{"name":"payments","namespace":"shop","annotations":{"team":"billing","kubectl.kubernetes.io/last-applied-configuration":"{}"}},
             "spec":{"replicas":3,"template":{"spec":{}}}}
            """);

        var kept = CacheProjections.Applied(rollout);

        kept.Metadata.Annotations.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("team", "billing"));
        kept.Spec.ShouldBeSameAs(rollout.Spec);
        CacheProjections.Applied(kept).ShouldBeSameAs(kept);
    }

    [Fact]
    public void A_release_that_has_ended_is_kept_with_its_plan_and_how_it_ended_and_without_its_story()
    {
        var release = Read<Release>("""
            {"metadata":{"name":"payments-7","namespace":"shop","uid":"u"},"spec":{"rollout":"payments","number":7,"revision":"abc","template":{"spec":{}}},
             "status":{"outcome":"RolledBack","reason":"ErrorRate","message":"5% is too much","finishedAt":"2030-01-01T00:00:00Z","verdict":"Fail",
              "analysis":[{"name":"errors"}],"timeline":[{"at":"2030-01-01T00:00:00Z","actor":"sluice","from":"Step 1","to":"RollingBack","reason":"ErrorRate"}]}}
            """);

        var kept = CacheProjections.Ended(release);

        JsonSerializer.Serialize(kept.Spec, Json).ShouldBe(JsonSerializer.Serialize(release.Spec, Json));
        kept.Metadata.ShouldBeSameAs(release.Metadata);
        JsonSerializer.Serialize(kept.Status, Json).ShouldBe(JsonSerializer.Serialize(
            new ReleaseStatus { Outcome = Outcome.RolledBack, Reason = "ErrorRate", Message = "5% is too much", FinishedAt = release.Status!.FinishedAt }, Json));
    }

    [Fact]
    public void A_release_in_flight_is_kept_whole_for_its_story_goes_on()
    {
        var release = Read<Release>("""
            {"metadata":{"name":"payments-7"},"spec":{"rollout":"payments","number":7,"revision":"abc"},
             "status":{"timeline":[{"at":"2030-01-01T00:00:00Z","actor":"sluice","from":"Pending","to":"Step 1","reason":"Started"}]}}
            """);

        CacheProjections.Ended(release).ShouldBeSameAs(release);
    }

    private static V1ReplicaSet Set() => Read<V1ReplicaSet>("""
        {"metadata":{"name":"payments-1","namespace":"shop","uid":"s1","resourceVersion":"9","generation":2,"creationTimestamp":"2030-01-01T00:00:00Z",
         "labels":{"sluice.dev/rollout":"payments","sluice.dev/revision":"abc"},"annotations":{"a":"b"},
         "ownerReferences":[{"apiVersion":"sluice.dev/v1alpha1","kind":"Rollout","name":"payments","uid":"r1","controller":true}]},
         "spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[]}}},
         "status":{"replicas":3,"readyReplicas":2,"availableReplicas":1,"observedGeneration":2,"conditions":[{"type":"ReplicaFailure","status":"True","message":"exceeded quota"},{"type":"Other","status":"True"}]}}
        """);

    private static V1Pod Pod(string name, string condition = """{"type":"Ready","status":"True","lastTransitionTime":"2030-01-01T00:01:00Z"}""", string? waiting = null)
    {
        var state = waiting is null ? """{"running":{"startedAt":"2030-01-01T00:00:05Z"}}""" : $$$"""{"waiting":{"reason":"{{{waiting}}}","message":"back-off"}}""";
        return Read<V1Pod>($$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"shop","creationTimestamp":"2030-01-01T00:00:00Z","labels":{"sluice.dev/rollout":"payments"}},
             "spec":{"nodeName":"n1"},
             "status":{"phase":"Running","startTime":"2030-01-01T00:00:01Z","podIP":"10.0.0.1","conditions":[{{{condition}}},{"type":"Initialized","status":"True"}],
              "containerStatuses":[{"name":"app","image":"x","imageID":"y","containerID":"z","restartCount":4,"state":{{{state}}}}]}}
            """);
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Json)!;
}
