using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Scenarios;

public sealed class RollbackTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public Task A_version_that_answers_with_errors_is_rolled_back() => RunMeasuredAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.ApplyAsync(new Payments { Version = 2, ErrorRate = "5%" }.Measured());
        var status = await shop.UntilEndedAsync(Outcome.RolledBack);

        await shop.ServesAsync(version: 1, pods: 5);
        status.Phase.ShouldBe(Phase.Degraded);
        status.LastRelease!.Reason.ShouldBe(Reasons.MetricFailed);
        status.LastRelease.Held.ShouldBeTrue();
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.RolledBack]);
        var metric = (await shop.ReleasesAsync())[1].Status!.Analysis.ShouldHaveSingleItem();
        metric.Verdict.ShouldBe(Verdict.Fail);
        metric.Segments.ShouldNotBeEmpty();
    });

    [Fact]
    public Task A_version_that_crashes_is_rolled_back_at_its_deadline() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.ApplyAsync(new Payments { Version = 2, Crashes = true, ProgressDeadline = 8 });
        var status = await shop.UntilEndedAsync(Outcome.RolledBack);

        await shop.ServesAsync(version: 1, pods: 5);
        status.LastRelease!.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded);
        status.LastRelease.Message!.ShouldContain("CrashLoopBackOff");
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.RolledBack]);
    });

    [Fact]
    public Task A_version_whose_image_cannot_be_pulled_is_rolled_back_at_its_deadline() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        await shop.ApplyAsync(new Payments { Version = 2, HasNoImage = true, ProgressDeadline = 8 });
        var status = await shop.UntilEndedAsync(Outcome.RolledBack);

        await shop.ServesAsync(version: 1, pods: 5);
        status.LastRelease!.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded);
        status.LastRelease.Message!.ShouldContain("ImagePull");
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.RolledBack]);
        (await shop.ReleasesAsync())[1].Status!.Timeline.Select(entry => entry.To).ShouldBe(["Pending", "Starting", "RollingBack", "RolledBack"]);
    });

    [Fact]
    public Task A_failed_migration_leaves_the_stable_version_as_it_was() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        var before = (await shop.PodsAsync()).Select(pod => pod.Metadata.Uid).Order().ToList();

        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration { ExitCode = 3 } });
        var status = await shop.UntilEndedAsync(Outcome.Failed);

        status.LastRelease!.Reason.ShouldBe(Reasons.MigrationFailed);
        status.LastRelease.Message!.ShouldContain("exited with code 3");
        (await shop.PodsAsync()).Select(pod => pod.Metadata.Uid).Order().ShouldBe(before);
        (await shop.ListAsync<V1ReplicaSet>()).Count.ShouldBe(1, "no pod of the new version ever existed");
        (await shop.MigrationsAsync()).ShouldBe([MigrationState.Failed]);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Failed]);
    });

    [Fact]
    public Task A_migration_that_loses_its_pod_is_tried_again_where_it_may() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration { Duration = 4, Retries = 1 } });
        string? victim = null;
        (await Shop.EventuallyAsync(
            async () => (victim = (await shop.ListAsync<V1Pod>()).FirstOrDefault(pod => pod.Metadata.Label(Labels.Migration) is not null && pod.Status?.Phase == "Running")?.Metadata.Name) is not null,
            TimeSpan.FromMinutes(1))).ShouldBeTrue("the migration runs");

        await shop.KubectlAsync("delete", "pod", victim!, "--wait=false");
        await shop.UntilHealthyAsync();

        await shop.ServesAsync(version: 2, pods: 5);
        var migration = (await shop.ListAsync<Migration>()).ShouldHaveSingleItem();
        migration.Status!.State.ShouldBe(MigrationState.Succeeded);
        migration.Status.Attempts.Count.ShouldBe(2);
        migration.Status.Attempts[0].Run!.ExitCode.ShouldNotBe(0);
        migration.Status.Attempts[1].Run!.ExitCode.ShouldBe(0);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
    });
}
