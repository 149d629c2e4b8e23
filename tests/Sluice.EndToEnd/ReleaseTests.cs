using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd;

[Collection(LiveSandboxCollection.Name)]
public sealed class ReleaseTests(LiveSandbox sandbox)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_version_is_migrated_for_measured_and_promoted_and_a_bad_one_is_rolled_back()
    {
        await using var shop = await Shop.OpenAsync(sandbox.Environment, Ct);
        await shop.ApplyAsync($"{new Payments()}");
        await shop.UntilHealthyAsync();

        await shop.ApplyAsync($"{new Payments { Version = 2, Migrates = true }}");
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync($"{new Payments { Version = 3, Migrates = true, ErrorRate = "5%" }}");
        var status = await shop.UntilAsync(status => status is { Release: null, LastRelease.Outcome: Outcome.RolledBack });

        status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        status.Stable.Summary.ShouldBe("5/5");
        status.LastRelease!.Reason.ShouldBe(Reasons.MetricFailed);
        var releases = (await shop.ListAsync<Release>()).OrderBy(release => release.Spec.Number).Select(release => release.Status!.Outcome);
        releases.ShouldBe([Outcome.Promoted, Outcome.Promoted, Outcome.RolledBack]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2);
        var migrations = (await shop.ListAsync<Migration>()).OrderBy(migration => migration.Spec.Release, StringComparer.Ordinal).Select(migration => migration.Status!.State);
        migrations.ShouldBe([MigrationState.Succeeded, MigrationState.Skipped]);
    }

    [Fact]
    public async Task An_operator_that_is_killed_at_every_stage_does_nothing_twice()
    {
        await using var shop = await Shop.OpenAsync(sandbox.Environment, Ct);
        await shop.ApplyAsync($"{new Payments()}");
        await shop.UntilHealthyAsync();
        await shop.ApplyAsync($"{new Payments { Version = 2, Migrates = true, ReadyAfter = "1s" }}");

        foreach (var stage in new[] { Stage.Expanding, Stage.Starting, Stage.Stepping, Stage.Promoting })
        {
            await shop.UntilAsync(status => status.Release is null || status.Release.Stage >= stage);
            await sandbox.Environment.KillOperatorAsync();
            await sandbox.Environment.StartOperatorAsync(Ct);
        }

        var status = await shop.UntilHealthyAsync();
        status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2);
        (await shop.ListAsync<Release>()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_that_is_asked_to_stop_ends_cleanly()
    {
        (await sandbox.Environment.StopOperatorAsync(Ct)).ShouldBe(0);
        await sandbox.Environment.StartOperatorAsync(Ct);
    }
}
