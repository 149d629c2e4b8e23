using Sluice.Api;
using Sluice.EndToEnd.Leadership.World;

namespace Sluice.EndToEnd.Leadership;

/// <summary>Operators that cannot reach the API server, or only half. What is one test runs at the same time: most of it is waiting for leases.</summary>
public sealed class PartitionTests(LeadershipCluster cluster)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_leader_without_contact_ends_before_another_leads_and_stands_by_when_it_is_back() => Scenario.AllAsync(
        new[] { LinkState.Silent, LinkState.Refused, LinkState.RequestsLost, LinkState.AnswersLost },
        async cut =>
        {
            await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
            var (leader, standby) = await world.StartPairAsync();
            await world.BeginReleaseAsync();
            await world.UntilStageAsync(Stage.Expanding);

            var since = world.Ledger.Now;
            await leader.Link.SetAsync(cut);
            await world.EndsWithAsync(leader, 1);
            await world.UntilLedByAsync(standby, since);
            await leader.RestartAsync();
            await leader.Link.SetAsync(LinkState.Open);

            await leader.UntilReadyAsync(Ct);
            await world.CompletesAsync();
            await world.NothingWasDoneTwiceAsync();
            world.Ledger.Successions.Select(entry => entry.Writer).ShouldBe(["a", "b"]);
        });

    [Fact]
    public Task What_a_leader_without_contact_has_sent_does_not_arrive_when_the_network_is_back() => Scenario.AllAsync(
        new[] { LinkState.Silent, LinkState.RequestsLost },
        async cut =>
        {
            await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
            var (leader, standby) = await world.StartPairAsync();
            await world.BeginReleaseAsync();
            await world.Shop.UntilAsync(status => status.Release?.Step is { Index: 1, Kind: StepKind.Pause });

            // The pause ends while the leader may write, and it does.
            await leader.Link.SetAsync(cut);
            await world.EndsWithAsync(leader, 1);
            var ended = world.Ledger.Now;
            await world.UntilLedByAsync(standby, TimeSpan.Zero);
            await leader.Link.SetAsync(LinkState.Open);
            await world.CompletesAsync();

            world.Ledger.Entries.Where(entry => entry.Writer == leader.Name && entry.ArrivedAt > ended).ShouldBeEmpty();
            await world.NothingWasDoneTwiceAsync();
        });

    [Fact]
    public Task When_all_were_cut_off_the_first_that_is_back_goes_on() => Scenario.AllAsync(
        new[] { ("a", "b"), ("b", "a") },
        async order =>
        {
            var (first, second) = order;
            await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
            var (leader, standby) = await world.StartPairAsync();
            await world.BeginReleaseAsync();
            await world.UntilStageAsync(Stage.Stepping);

            await standby.Link.SetAsync(LinkState.Silent);
            await leader.Link.SetAsync(LinkState.Silent);
            await world.EndsWithAsync(leader, 1);
            await leader.RestartAsync();
            var healed = world.Ledger.Now;
            await world.Named(first).Link.SetAsync(LinkState.Open);
            await world.UntilLedByAsync(world.Named(first), healed);
            await world.Named(second).Link.SetAsync(LinkState.Open);

            await world.Named(second).UntilReadyAsync(Ct);
            await world.CompletesAsync();
            await world.NothingWasDoneTwiceAsync();
            world.Ledger.Successions.Select(entry => entry.Writer).ShouldBe(["a", first]);
        });

    [Fact]
    public Task A_standby_is_none_the_worse_for_its_network() => Scenario.AllAsync(
        new[] { StandbyWasCutOffAsync, NetworkIsSlowAsync },
        scenario => scenario());

    private async Task StandbyWasCutOffAsync()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Expanding);

        await standby.Link.SetAsync(LinkState.Refused);
        await leader.KillAsync();
        await Task.Delay(LeaseTimings.Brief.Duration * 1.5, TimeProvider.System, Ct);
        var healed = world.Ledger.Now;
        await standby.Link.SetAsync(LinkState.Open);
        await world.UntilLedByAsync(standby, healed);

        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
    }

    private async Task NetworkIsSlowAsync()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Default);
        var (leader, standby) = await world.StartPairAsync();
        leader.Link.Delay = standby.Link.Delay = TimeSpan.FromMilliseconds(300);

        await world.BeginReleaseAsync();
        await world.CompletesAsync();

        await world.NothingWasDoneTwiceAsync();
        world.Ledger.Successions.Count.ShouldBe(1);
    }
}
