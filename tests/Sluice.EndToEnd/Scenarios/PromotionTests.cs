using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Scenarios;

public sealed class PromotionTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task A_first_deployment_goes_straight_to_all_of_its_pods() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted]);
        (await shop.ReleasesAsync())[0].Status!.Timeline.Select(entry => entry.To).ShouldBe(["Pending", "Promoting", "Promoted"]);
        (await shop.RolloutAsync())!.Status!.Stable!.Summary.ShouldBe("5/5");
    });

    [Fact]
    public Task A_good_version_is_migrated_for_measured_and_promoted() => RunMeasuredAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.DeployedAsync(new Payments { Version = 2, Migration = new ExpandMigration() }.Measured());

        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        var release = (await shop.ReleasesAsync())[1];
        release.Status!.Timeline.Select(entry => entry.To).Where(to => to is not ("Pass" or "Inconclusive"))
            .ShouldBe(["Pending", "Expanding", "Starting", "Step 1", "Step 2", "Step 3", "Step 4", "Promoting", "Promoted"]);
        release.Status.Analysis.ShouldHaveSingleItem().Verdict.ShouldBe(Verdict.Pass);
        (await shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2, "one Job of the migration and one that verifies it");
    });

    [Fact]
    public Task Without_analysis_too_no_pod_of_the_new_version_exists_before_its_migration_is_done() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.DeployedAsync(new Payments { Version = 2, Migration = new ExpandMigration() });

        var migration = (await shop.ListAsync<Migration>()).ShouldHaveSingleItem();
        migration.Status!.State.ShouldBe(MigrationState.Succeeded);
        var run = migration.Status.Attempts.ShouldHaveSingleItem().Run!;
        run.ExitCode.ShouldBe(0);
        if (!Sandbox.IsBare) run.Log!.Trim().ShouldBe("applied");
        (await shop.PodsAsync()).ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= migration.Status.FinishedAt);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
    });

    [Fact]
    public Task A_change_of_configuration_in_the_template_is_a_release_and_labels_of_the_Rollout_are_not() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        var first = (await shop.RolloutAsync())!.Status!.Stable!.Revision;

        await shop.KubectlAsync("label", "rollout/payments", "team=checkout");
        await shop.KubectlAsync("annotate", "rollout/payments", "example.com/note=seen");
        await shop.KubectlAsync("scale", "rollout/payments", "--replicas=4");
        await shop.UntilAsync(status => status is { Phase: Phase.Healthy, Replicas: 4 });
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted], "the operator has looked, and there was nothing to release");

        await shop.DeployedAsync(new Payments { ConfigHash = "b", Replicas = 4 });
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        (await shop.RolloutAsync())!.Status!.Stable!.Revision.ShouldNotBe(first);
        (await shop.PodsAsync()).ShouldAllBe(pod => pod.Metadata.Annotations!["example.com/config-hash"] == "b");
    });
}
