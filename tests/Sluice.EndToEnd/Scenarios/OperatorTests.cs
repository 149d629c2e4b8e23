using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.EndToEnd.Scenarios;

/// <summary>The operator's process ends and comes back. These scenarios have an operator of their own, in a namespace that the other one does not look at.</summary>
public sealed class OperatorTests(LiveSandbox sandbox) : ScenarioTests(sandbox)
{
    [Fact]
    public async Task An_operator_that_is_killed_at_every_stage_does_nothing_twice()
    {
        var environment = await Sandbox.StartedAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        Task<OperatorProcess> StartAsync() => environment.StartFurtherOperatorAsync("killed", ["--namespace", shop.Namespace], Ct);
        var running = await StartAsync();
        try
        {
            await shop.DeployedAsync(new Payments());
            await shop.ApplyAsync(new Payments { Version = 2, Migration = new ExpandMigration(), ReadyAfter = "1s" });

            foreach (var stage in new[] { Stage.Expanding, Stage.Starting, Stage.Stepping, Stage.Promoting })
            {
                await shop.UntilAsync(status => status.Release is null || status.Release.Stage >= stage);
                await running.KillAsync();
                await running.DisposeAsync();
                running = await StartAsync();
            }

            await shop.UntilHealthyAsync();
        }
        finally
        {
            await running.DisposeAsync();
        }

        await shop.ServesAsync(version: 2, pods: 5);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        (await shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded]);
        (await shop.ListAsync<V1Job>()).Count.ShouldBe(2);
        (await shop.ListAsync<V1ReplicaSet>()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_that_is_asked_to_stop_ends_cleanly()
    {
        var environment = await Sandbox.StartedAsync(Ct);
        await using var shop = await Shop.OpenAsync(environment, Ct);
        await using var running = await environment.StartFurtherOperatorAsync("stopped", ["--namespace", shop.Namespace], Ct);

        (await running.StopAsync(Ct)).ShouldBe(0, running.LastLines);
    }

    [Fact]
    public Task A_spec_that_is_invalid_holds_up_nobody_else() => RunAsync(async shop =>
    {
        var broken = new Payments { Name = "broken", Source = "nowhere" }.Measured();
        await shop.ApplyAsync(broken);
        await shop.DeployedAsync(new Payments());
        await shop.ApplyAsync(broken with { Version = 2 });

        await shop.DeployedAsync(new Payments { Version = 2 });

        var status = (await shop.RolloutAsync("broken"))!.Status!;
        status.Conditions.Single(condition => condition.Type == ConditionTypes.Stalled).Message!.ShouldContain("spec.analysis.source");
        (await shop.PodsAsync()).ShouldAllBe(pod => pod.Metadata.Label(Labels.Rollout) == "payments");
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
    });

    [Fact]
    public Task Without_Prometheus_nothing_passes_and_the_way_back_is_open() => RunAsync(async shop =>
    {
        await shop.DeployedAsync(new Payments());

        var unknown = new Payments { Version = 2, Source = TestCluster.DeadSource }.Measured() with { Steps = "[{setWeight: 20}, {analysis: {maxDuration: 4s}}]" };
        await shop.ApplyAsync(unknown);
        await shop.UntilAsync(status => status.Release?.Step?.Kind == StepKind.Analysis && status.Message!.Contains("no usable answer", StringComparison.Ordinal));
        var paused = await shop.UntilAsync(status => status is { Phase: Phase.Paused, Release.Reason: Reasons.AnalysisInconclusive });
        paused.Release!.Verdict.ShouldBe(Verdict.Inconclusive);
        paused.Canary!.Summary.ShouldBe("1/1");

        await shop.ApplyAsync(new Payments());
        await shop.UntilHealthyAsync();

        await shop.ServesAsync(version: 1, pods: 5);
        (await shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Reverted]);
    });
}
