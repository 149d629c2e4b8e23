using Sluice.Api;
using Sluice.EndToEnd.Support;

namespace Sluice.EndToEnd;

[Collection(LiveSandboxCollection.Name)]
public sealed class KubectlTests(LiveSandbox sandbox)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kubectl_tells_the_story_of_a_release()
    {
        await using var shop = await Shop.OpenAsync(sandbox.Environment, Ct);
        await shop.ApplyAsync($"{new Payments { Migrates = true }}");
        (await shop.KubectlAsync("wait", "--for=condition=Ready", "rollout/payments", "--timeout=120s")).ShouldContain("condition met");
        await shop.ApplyAsync($"{new Payments { Version = 2, Migrates = true, ErrorRate = "10%" }}");
        await shop.UntilAsync(status => status is { Release: null, LastRelease.Outcome: Outcome.RolledBack });

        var table = await shop.KubectlAsync("get", "slro");
        table.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "PHASE", "STEP", "WEIGHT", "STABLE", "CANARY", "REVISION", "AGE"]);
        table.ShouldContain("Degraded");
        (await shop.KubectlAsync("get", "rollouts", "-o", "wide")).ShouldContain("confidently above max");
        var releases = await shop.KubectlAsync("get", "releases");
        releases.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "REVISION", "OUTCOME", "STARTED", "DURATION", "REASON"]);
        releases.ShouldContain("RolledBack");
        (await shop.KubectlAsync("get", "migrations")).ShouldContain("Skipped");

        // A bare API server keeps events.k8s.io apart from the core events that describe reads; a cluster has one store for both.
        IReadOnlyList<string> command = LiveSandbox.ExternalKubeconfig is null ? ["describe", "rollout", "payments"] : ["get", "events.events.k8s.io", "-o", "yaml"];
        string story = "";
        (await Shop.EventuallyAsync(
            async () =>
            {
                story = await shop.KubectlAsync(command);
                return story.Contains("reason: MetricFailed", StringComparison.Ordinal) || (story.Contains("Last Release", StringComparison.Ordinal) && story.Contains("ReleaseStarted", StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(30))).ShouldBeTrue(story);
        (await shop.KubectlAsync("explain", "rollout.spec.strategy.canary.steps.setWeight")).ShouldContain("Percentage of the traffic");
    }

    [Fact]
    public async Task Kubectl_scales_a_Rollout_through_its_scale_subresource()
    {
        await using var shop = await Shop.OpenAsync(sandbox.Environment, Ct);
        await shop.ApplyAsync($"{new Payments()}");
        await shop.UntilHealthyAsync();

        await shop.KubectlAsync("scale", "rollout/payments", "--replicas=8");
        var status = await shop.UntilAsync(status => status is { Phase: Phase.Healthy, Replicas: 8 });

        status.Stable!.Summary.ShouldBe("8/8");
    }
}
