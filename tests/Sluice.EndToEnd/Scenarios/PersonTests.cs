using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>A person does something else while a release is under way.</summary>
public sealed class PersonTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task A_newer_version_takes_the_place_of_the_one_under_way() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(new Payments { Version = 2 }.Waiting());
        await shop.UntilWaitingAsync();

        await shop.DeployedAsync(new Payments { Version = 3 });

        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
        (await shop.ReleasesAsync())[1].Status!.Timeline.Select(entry => entry.To).ShouldContain("Step 2");
    });

    [Fact]
    public Task Going_back_to_the_stable_version_ends_the_release() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        var stable = (await shop.PodsAsync()).Select(pod => pod.Metadata.Uid).ToList();
        await shop.ApplyAsync(new Payments { Version = 2 }.Waiting());
        var waiting = await shop.UntilWaitingAsync();
        waiting.Canary!.Summary.ShouldBe("1/1");

        var status = await RevertedAsync(shop);

        await shop.ServesAsync(version: 1, pods: 5);
        status.LastRelease!.Outcome.ShouldBe(Outcome.Reverted);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Reverted]);
        (await shop.PodsAsync()).Select(pod => pod.Metadata.Uid).Intersect(stable).Count().ShouldBeGreaterThanOrEqualTo(4, "those that had not given way to the canary");
    });

    [Fact]
    public Task Scaling_keeps_the_weight_and_the_step() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(new Payments { Version = 2 }.Waiting());
        var waiting = await shop.UntilWaitingAsync();

        foreach (var (replicas, canary, stable) in new[] { (10, "2/2", "8/8"), (5, "1/1", "4/4") })
        {
            await shop.KubectlAsync("scale", "rollout/payments", $"--replicas={replicas}");
            var scaled = await shop.UntilAsync(status => status.Canary?.Summary == canary && status.Stable?.Summary == stable);
            scaled.Release!.Name.ShouldBe(waiting.Release!.Name);
            scaled.Release.Step!.Index.ShouldBe(1);
        }

        await ContinueAsync(shop);
        await shop.UntilHealthyAsync();
        await shop.ServesAsync(version: 2, pods: 5);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
    });

    [Fact]
    public Task Deleting_the_Rollout_takes_its_pods_with_it_and_leaves_its_migrations() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration { IsVerified = false } }.Waiting());
        await shop.UntilWaitingAsync();

        await shop.KubectlAsync("delete", "rollout/payments", "--timeout=60s");

        (await Shop.EventuallyAsync(
            async () => (await shop.ListAsync<V1ReplicaSet>()).Count + (await shop.ListAsync<Release>()).Count + (await shop.PodsAsync()).Count == 0,
            TimeSpan.FromMinutes(1))).ShouldBeTrue("pods, ReplicaSets and Releases go with their Rollout");
        (await shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded]);
    });

    [Fact]
    public Task Applying_the_same_manifest_again_changes_nothing() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        var file = await shop.ApplyAsync(new Payments { Version = 2 }.Waiting());
        await shop.UntilWaitingAsync();
        var before = (await shop.RolloutAsync())!;

        (await shop.KubectlAsync("apply", "-f", file)).ShouldContain("unchanged");
        (await shop.TryKubectlAsync("diff", "-f", file)).ExitCode.ShouldBe(0, "there is nothing that Git would put right");
        await shop.KubectlAsync("apply", "--server-side", "--field-manager=gitops", "--force-conflicts", "-f", file);
        await shop.KubectlAsync("apply", "--server-side", "--field-manager=gitops", "-f", file);

        var after = (await shop.RolloutAsync())!;
        after.Metadata.Generation.ShouldBe(before.Metadata.Generation);
        after.Status!.Release!.Name.ShouldBe(before.Status!.Release!.Name);
        after.Status.Release.Step!.Index.ShouldBe(1);
        await ContinueAsync(shop);
        await shop.UntilHealthyAsync();
        await shop.ServesAsync(version: 2, pods: 5);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
    });

    [Fact]
    public Task A_pause_without_end_waits_for_a_person_and_one_with_a_duration_does_not() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.ApplyAsync(new Payments { Version = 2, Steps = "[{setWeight: 20}, {pause: {}}, {pause: {duration: 2s}}]" });
        await shop.KubectlAsync("wait", "--for=jsonpath={.status.phase}=Paused", "rollouts.sluice.dev/payments", "--timeout=2m");
        await shop.PatchAsync("""{"spec":{"paused":true}}""");
        await shop.UntilAsync(status => status is { Phase: Phase.Paused, Release.Step.Index: 1 });
        await shop.PatchAsync("""{"spec":{"paused":false}}""");
        await shop.UntilAsync(status => status is { Phase: Phase.Paused, Release.Step.Index: 1 });
        await ContinueAsync(shop);
        await shop.UntilHealthyAsync();

        await shop.ServesAsync(version: 2, pods: 5);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        var timeline = (await shop.ReleasesAsync())[1].Status!.Timeline;
        timeline.Select(entry => entry.To).ShouldBe(["Pending", "Starting", "Step 1", "Step 2", "Step 3", "Promoting", "Promoted"]);
        (timeline[5].At - timeline[4].At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    });

    /// <summary>As a person goes on after a pause step.</summary>
    private static async Task ContinueAsync(Shop shop)
    {
        var revision = (await shop.RolloutAsync())!.Status!.Release!.Revision;
        (await shop.DecideAsync(new DecisionSpec { Action = DecisionAction.Continue, Revision = revision })).State.ShouldBe(DecisionState.Applied);
    }

    private static async Task<RolloutStatus> RevertedAsync(Shop shop)
    {
        await shop.ApplyAsync(new Payments());
        return await shop.UntilHealthyAsync();
    }
}
