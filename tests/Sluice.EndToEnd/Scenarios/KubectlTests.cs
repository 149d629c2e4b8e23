using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.TestSupport;

namespace Sluice.EndToEnd.Scenarios;

public sealed class KubectlTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task Kubectl_tells_the_story_of_a_release() => RunMeasuredAsync(async shop =>
    {
        await shop.ApplyAsync(new Payments { Migration = new ExpandMigration() });
        (await shop.KubectlAsync("wait", "--for=condition=Ready", "rollout/payments", "--timeout=120s")).ShouldContain("condition met");
        (await shop.RolloutAsync())!.Status!.Stable!.Summary.ShouldBe("5/5", "what kubectl waited for");
        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration(), ErrorRate = "10%" }.Measured());
        await shop.UntilEndedAsync(Outcome.RolledBack);

        var table = await shop.KubectlAsync("get", "slro");
        table.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "PHASE", "STEP", "WEIGHT", "STABLE", "CANARY", "REVISION", "AGE"]);
        table.ShouldContain("Degraded");
        (await shop.KubectlAsync("get", "rollouts", "-o", "wide")).ShouldContain("confidently");
        var releases = await shop.KubectlAsync("get", "releases");
        releases.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "REVISION", "OUTCOME", "STARTED", "DURATION", "REASON"]);
        releases.ShouldContain("RolledBack");
        (await shop.KubectlAsync("get", "migrations")).ShouldContain("Skipped");
        (await shop.KubectlAsync("explain", "rollout.spec.strategy.canary.steps.setWeight")).ShouldContain("Percentage of the traffic");
    });

    [Fact]
    public Task Kubectl_describes_a_release_with_its_events() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        // A bare API server keeps events.k8s.io apart from the core events that describe reads; a cluster has one store for both.
        IReadOnlyList<string> command = Sandbox.IsBare ? ["get", "events.events.k8s.io", "-o", "yaml"] : ["describe", "rollout", "payments"];
        var story = "";
        (await Shop.EventuallyAsync(
            async () => (story = await shop.KubectlAsync(command)).Contains("ReleaseStarted", StringComparison.Ordinal) && story.Contains("Promoted", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1))).ShouldBeTrue(story);
    });

    [Fact]
    public Task Whoever_follows_kstatus_sees_each_release_as_it_is() => RunAsync(async shop =>
    {
        await using var watch = await RolloutWatch.StartAsync(shop);
        await shop.ApplyAsync(new Payments());
        await shop.KubectlAsync("wait", "--for=condition=Ready", "rollout/payments", "--timeout=120s");
        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration() });
        await shop.KubectlAsync("wait", "--for=condition=Ready", "rollout/payments", "--timeout=120s");
        (await shop.RolloutAsync())!.Status.ShouldSatisfyAllConditions(status => status!.Release.ShouldBeNull(), status => status!.UpdatedReplicas.ShouldBe(5));
        await shop.ApplyAsync(new Payments { Version = 3, HasNoImage = true, ProgressDeadline = 5 });
        await shop.KubectlAsync("wait", "--for=condition=Stalled", "rollout/payments", "--timeout=120s");

        await watch.UntilAsync(seen => seen is [.., (3, Kstatus.Failed)]);
        watch.Changes.ShouldBe([
            (1, Kstatus.InProgress), (1, Kstatus.Current), (2, Kstatus.InProgress), (2, Kstatus.Current), (3, Kstatus.InProgress), (3, Kstatus.Failed)]);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted, Outcome.RolledBack]);
    });

    [Fact]
    public Task Kubectl_scales_a_Rollout_through_its_scale_subresource() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.KubectlAsync("scale", "rollout/payments", "--replicas=8");
        var status = await shop.UntilAsync(status => status is { Phase: Phase.Healthy, Replicas: 8 });

        status.Stable!.Summary.ShouldBe("8/8");
    });
}
