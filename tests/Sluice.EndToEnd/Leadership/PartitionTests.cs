using Sluice.Api;
using Sluice.EndToEnd.Leadership.World;

namespace Sluice.EndToEnd.Leadership;

/// <summary>Operators that cannot reach the API server, or only half.</summary>
public sealed class PartitionTests(LeadershipCluster cluster)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("silent")]
    [InlineData("refused")]
    [InlineData("requests lost")]
    [InlineData("answers lost")]
    public async Task A_leader_without_contact_ends_before_another_leads_and_stands_by_when_it_is_back(string how)
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Expanding);

        var cut = world.Ledger.Now;
        await leader.Link.SetAsync(StateOf(how));
        (await leader.ExitAsync(Ct)).ShouldBe(1);
        await world.UntilLedByAsync(standby, cut);
        await leader.RestartAsync();
        await leader.Link.SetAsync(LinkState.Open);

        await leader.UntilReadyAsync(Ct);
        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
        world.Ledger.Successions.Select(entry => entry.Writer).ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("requests lost")]
    public async Task What_a_leader_without_contact_has_sent_does_not_arrive_when_the_network_is_back(string how)
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.Shop.UntilAsync(status => status.Release?.Step is { Index: 1, Kind: StepKind.Pause });

        // The pause ends while the leader may write, and it does.
        await leader.Link.SetAsync(StateOf(how));
        (await leader.ExitAsync(Ct)).ShouldBe(1);
        var ended = world.Ledger.Now;
        await world.UntilLedByAsync(standby, TimeSpan.Zero);
        await leader.Link.SetAsync(LinkState.Open);
        await world.CompletesAsync();

        world.Ledger.Entries.Where(entry => entry.Writer == leader.Name && entry.ArrivedAt > ended).ShouldBeEmpty();
        await world.NothingWasDoneTwiceAsync();
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task When_all_were_cut_off_the_first_that_is_back_goes_on(string first, string second)
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Brief);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Stepping);

        await standby.Link.SetAsync(LinkState.Silent);
        await leader.Link.SetAsync(LinkState.Silent);
        (await leader.ExitAsync(Ct)).ShouldBe(1);
        await leader.RestartAsync();
        var healed = world.Ledger.Now;
        await world.Named(first).Link.SetAsync(LinkState.Open);
        await world.UntilLedByAsync(world.Named(first), healed);
        await world.Named(second).Link.SetAsync(LinkState.Open);

        await world.Named(second).UntilReadyAsync(Ct);
        await world.CompletesAsync();
        await world.NothingWasDoneTwiceAsync();
        world.Ledger.Successions.Select(entry => entry.Writer).ShouldBe(["a", first]);
    }

    [Fact]
    public async Task A_standby_that_was_cut_off_when_the_leader_died_leads_when_it_is_back()
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

    [Fact]
    public async Task A_slow_network_costs_nobody_the_lead()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Default);
        var (leader, standby) = await world.StartPairAsync();
        leader.Link.Delay = standby.Link.Delay = TimeSpan.FromMilliseconds(300);

        await world.BeginReleaseAsync();
        await world.CompletesAsync();

        await world.NothingWasDoneTwiceAsync();
        world.Ledger.Successions.Count.ShouldBe(1);
    }

    private static LinkState StateOf(string how) => how switch
    {
        "silent" => LinkState.Silent,
        "refused" => LinkState.Refused,
        "requests lost" => LinkState.RequestsLost,
        "answers lost" => LinkState.AnswersLost,
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, "unknown"),
    };
}
