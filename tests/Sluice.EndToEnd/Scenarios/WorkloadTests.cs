using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>A Deployment that a person has made with kubectl is taken over, released from, and given back.</summary>
public sealed class WorkloadTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: payments}
        spec:
          replicas: 3
          selector: {matchLabels: {app: payments}}
          template:
            metadata:
              labels: {app: payments}
              annotations: {sandbox.sluice.dev/ready-after: 200ms}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: "registry.example.com/payments:v1"}]
        """;

    private const string Rollout = """
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: payments}
        spec:
          replicas: 3
          workloadRef: {kind: Deployment, name: payments, scaleDown: Progressively}
          strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
        """;

    [Fact]
    public Task A_Deployment_is_taken_over_released_from_by_set_image_and_given_back_by_a_delete() => RunMeasuredAsync(async shop =>
    {
        await shop.ApplyAsync(Deployment);
        await shop.KubectlAsync("rollout", "status", "deployment/payments", "--timeout=1m");

        await shop.ApplyAsync(Rollout);
        await shop.KubectlAsync("wait", "--for=condition=Ready", "--timeout=2m", "rollout/payments");
        (await ReplicasAsync(shop)).ShouldBe("0");
        (await shop.PodsAsync()).Count.ShouldBe(3);

        await shop.KubectlAsync("set", "image", "deployment/payments", "app=registry.example.com/payments:v2");
        await shop.UntilWaitingAsync();
        var canary = (await shop.RolloutAsync())!.Status!.Release!.Revision;
        await shop.KubectlAsync("scale", "rollout/payments", "--replicas=4");
        await shop.UntilAsync(status => status.Canary is { Available: 2 } && status.Stable is { Available: 2 });
        (await shop.PodsAsync()).Count(pod => pod.Metadata.Label(Labels.Revision) == canary).ShouldBe(2);

        await shop.KubectlAsync("delete", "rollout", "payments", "--timeout=2m");
        (await shop.KubectlAsync("get", "deployment", "payments", "-o", "jsonpath={.status.availableReplicas}")).ShouldBe("4");
        (await Shop.EventuallyAsync(async () => (await shop.PodsAsync()).Count == 0, TimeSpan.FromMinutes(1))).ShouldBeTrue("its own pods go with it");
    });

    private static Task<string> ReplicasAsync(Shop shop) => shop.KubectlAsync("get", "deployment", "payments", "-o", "jsonpath={.spec.replicas}");
}
