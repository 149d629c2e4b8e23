using Sluice.Api;
using Sluice.EndToEnd.Support;

namespace Sluice.EndToEnd.Scenarios;

public sealed class AutoscalerTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task A_HorizontalPodAutoscaler_raises_both_sides_in_the_middle_of_a_release() => RunMeasuredAsync(async shop =>
    {
        var v1 = await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(v1.Waiting() with { Version = 2 });
        var paused = await shop.UntilAsync(status => status is { Phase: Phase.Paused, Release.Step.Index: 1 });
        (paused.Canary!.Summary, paused.Stable!.Summary).ShouldBe(("1/1", "4/4"));

        // Each pod serves a thousand.
        await shop.ApplyAsync("""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: payments}
            spec:
              scaleTargetRef: {apiVersion: sluice.dev/v1alpha1, kind: Rollout, name: payments}
              maxReplicas: 10
              metrics: [{type: Pods, pods: {metric: {name: http_requests_per_second}, target: {type: AverageValue, averageValue: "100"}}}]

            """);

        await shop.UntilAsync(status => status is { Canary.Summary: "2/2", Stable.Summary: "8/8" });
        await shop.KubectlAsync("wait", "hpa/payments", "--for=jsonpath={.status.currentReplicas}=10", "--timeout=3m");
        if (!Sandbox.IsBare) (await shop.KubectlAsync("get", "hpa", "payments", "--no-headers")).ShouldMatch(@"^payments\s+Rollout/payments\s+1k/100\s+1\s+10\s+10\s");
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Continue, Revision = paused.Release!.Revision })).State.ShouldBe(DecisionState.Applied);
        await shop.UntilHealthyAsync();
        await shop.ServesAsync(2, 10);
    });
}
