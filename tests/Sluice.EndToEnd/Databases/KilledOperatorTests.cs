using Sluice.Api;

namespace Sluice.EndToEnd.Databases;

/// <summary>No write of an operator is followed by another one of the same process: whatever it knew goes with it.</summary>
public sealed class KilledOperatorTests : DatabaseTests
{
    [Fact]
    public async Task Operators_that_are_killed_after_each_of_their_writes_expand_and_contract_once()
    {
        await Environment.KillOperatorAsync();
        await Shop.ApplyAsync($"{V2 with { Steps = "[{setWeight: 50}]" }}");

        var killings = await OneWriteALife.RunAsync(Environment, async () => (await Shop.RolloutAsync())?.Status is { Phase: Phase.Healthy, Release: null, LastRelease.Name: "payments-2" });

        killings.ShouldBeGreaterThan(10);
        (await Shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded, MigrationState.Succeeded]);
        await RanOnceAsync("cents", "no amount");
        await OrdersComeAsync("v2");
        await NobodyComplainedAsync();
    }

    [Fact]
    public async Task Operators_that_are_killed_after_each_of_their_writes_undo_once()
    {
        await Environment.KillOperatorAsync();
        await Shop.ApplyAsync($"{V2 with { Steps = Waiting }}");
        string? abort = null;

        var killings = await OneWriteALife.RunAsync(Environment, async () =>
        {
            var status = (await Shop.RolloutAsync())?.Status;
            if (status?.Release?.Step?.Kind == StepKind.Pause) abort ??= await Shop.CreateDecisionAsync(new DecisionSpec { Action = DecisionAction.Abort });
            return abort is not null && status is { Release: null, LastRelease.Outcome: Outcome.Aborted };
        });

        killings.ShouldBeGreaterThan(10);
        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Undone, MigrationState.Succeeded]);
        await RanOnceAsync("cents", "no cents");
        await OrdersComeAsync("v1");
        await NobodyComplainedAsync();
    }
}
