using System.Globalization;
using Sluice.Api;
using Sluice.EndToEnd.Leadership.World;

namespace Sluice.EndToEnd.Leadership;

/// <summary>How long nobody leads when a leader ends, with the timings that the operator has by default.</summary>
public sealed class TakeoverTests(LeadershipCluster cluster, ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_that_is_asked_to_stop_gives_the_lease_back_and_the_standby_goes_on_at_once()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Default);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Expanding);

        var asked = world.Ledger.Now;
        await leader.TerminateAsync();
        var taken = await world.UntilLedByAsync(standby, asked);
        await world.EndsWithAsync(leader, 0);
        await world.CompletesAsync();

        var released = world.Ledger.Entries.Last(entry => entry.IsElection && entry.Writer == leader.Name);
        released.Holder.ShouldBeNullOrEmpty();
        Tell("asked to stop", released.AnsweredAt - asked, "until it gave the lease back");
        Tell("lease given back", taken.AnsweredAt - released.AnsweredAt, "until the standby led");
        (taken.AnsweredAt - released.AnsweredAt).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await world.NothingWasDoneTwiceAsync();
        var told = world.Ledger.Entries.Where(entry => entry.IsEvent && (string?)entry.Sent?["regarding"]?["kind"] == "Lease").ToList();
        told.Select(entry => (entry.Writer, (string?)entry.Sent?["note"])).ShouldBe([("a", $"{world.Ledger.Successions[0].Holder} became leader"), ("b", $"{taken.Holder} became leader")]);
    }

    [Fact]
    public async Task A_leader_that_is_killed_is_followed_when_its_lease_has_expired_and_no_sooner()
    {
        await using var world = await LeadershipWorld.OpenAsync(cluster, LeaseTimings.Default);
        var (leader, standby) = await world.StartPairAsync();
        await world.BeginReleaseAsync();
        await world.UntilStageAsync(Stage.Expanding);

        var killed = world.Ledger.Now;
        await leader.KillAsync();
        var taken = await world.UntilLedByAsync(standby, killed);
        await world.CompletesAsync();

        var renewed = world.Ledger.Entries.Last(entry => entry.IsElection && entry.Writer == leader.Name);
        Tell("killed", taken.AnsweredAt - killed, "until the standby led");
        Tell("last renewal", taken.AnsweredAt - renewed.AnsweredAt, "until the standby led");
        (taken.ArrivedAt - renewed.ArrivedAt).ShouldBeGreaterThanOrEqualTo(LeaseTimings.Default.Duration);
        (taken.AnsweredAt - killed).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        await world.NothingWasDoneTwiceAsync();
    }

    private void Tell(string since, TimeSpan took, string until) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{since}: {took.TotalSeconds:0.000} s {until}"));
}
