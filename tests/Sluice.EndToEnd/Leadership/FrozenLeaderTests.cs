using Sluice.Api;
using Sluice.EndToEnd.Leadership.World;

namespace Sluice.EndToEnd.Leadership;

/// <summary>A leader that is suspended and does not know it: the case that no lease alone can be safe against.</summary>
public sealed class FrozenLeaderTests(LeadershipCluster cluster)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_that_wakes_up_when_another_leads_writes_nothing_more_and_ends_with_an_error()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Stepping);

        var frozen = world.Ledger.Now;
        await leader.FreezeAsync();
        await world.UntilLedByAsync(standby, frozen);
        await leader.ResumeAsync();

        await world.EndsWithAsync(leader, 1);
        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
    }

    [Fact]
    public async Task An_operator_that_starts_while_the_leader_is_frozen_waits_for_the_lease_to_expire_and_goes_on()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var leader = await world.LaunchAsync("a");
        await world.UntilLedByAsync(leader, TimeSpan.Zero);
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Expanding);

        var frozen = world.Ledger.Now;
        await leader.FreezeAsync();
        var late = await world.LaunchAsync("b");
        await world.UntilLedByAsync(late, frozen);
        await leader.ResumeAsync();
        await world.EndsWithAsync(leader, 1);
        await leader.RestartAsync();
        await leader.UntilReadyAsync(Ct);

        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
        world.Ledger.Successions.Select(entry => entry.Writer).ShouldBe(["a", "b"]);
    }

    [Fact]
    public Task A_write_of_the_old_leader_that_was_on_its_way_all_the_time_is_refused_when_it_is_carried_out() => Scenario.AllAsync(
        new[] { ("POST", "/jobs"), ("PATCH", "/replicasets/"), ("PUT", "/rollouts/payments/status") },
        write => WhenCarriedOutLateAsync(write.Item1, write.Item2));

    private async Task WhenCarriedOutLateAsync(string method, string resource)
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.DeployAsync();
        var held = HeldWrite.Next(leader.Gateway, method, resource);
        await world.ApplyAsync(2);
        await held.Arrived.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Ct);

        var frozen = world.Ledger.Now;
        await leader.FreezeAsync();
        await world.UntilLedByAsync(standby, frozen);
        await world.CompletesAsync();
        var released = world.Ledger.Now;
        held.Release();
        await leader.ResumeAsync();
        await world.EndsWithAsync(leader, 1);

        LedgerEntry[] late = [];
        await world.UntilAsync(() => (late = [.. world.Ledger.Entries.Where(entry => entry.Writer == leader.Name && entry.AnsweredAt > released)]).Length > 0, "the write was carried out");
        late.ShouldHaveSingleItem().Code.ShouldBe(409, world.Tale());
        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
    }
}
