using System.Net;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Leadership;

public sealed class LeaderElectorTests : IAsyncDisposable
{
    private readonly VirtualTimeProvider time = new();
    private readonly LeaseServer server = new();
    private readonly List<Candidate> candidates = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var candidate in candidates)
            await candidate.DisposeAsync();
    }

    [Fact]
    public async Task The_first_candidate_leads_at_once_and_renews_every_two_seconds()
    {
        var a = Start("a");

        await a.Leads();
        await Pass(TimeSpan.FromSeconds(20));

        a.Gate.IsOpen.ShouldBeTrue();
        server.Lease!.Spec!.HolderIdentity.ShouldBe("a");
        server.Lease.Spec.LeaseDurationSeconds.ShouldBe(15);
        server.Writes.Count.ShouldBeInRange(10, 12);
    }

    [Fact]
    public async Task A_standby_waits_by_watching_and_does_not_poll()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");
        var reads = server.Reads;

        await Pass(TimeSpan.FromSeconds(60));

        b.Leading.ShouldBeFalse();
        b.Gate.IsOpen.ShouldBeFalse();
        server.Reads.ShouldBe(reads);
    }

    [Fact]
    public async Task When_the_leader_stops_the_standby_takes_over_within_two_seconds_and_only_after_its_work_has_ended()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");
        a.HoldWork();

        await a.Stop.CancelAsync();
        await Pass(TimeSpan.FromSeconds(12));
        b.Leading.ShouldBeFalse();
        server.Lease!.Spec!.HolderIdentity.ShouldBe("a");

        a.ReleaseWork();
        (await Until(() => b.Leading, "b leads")).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(2));

        (await a.Running).ShouldBe(LeadershipOutcome.Stopped);
        a.Gate.IsOpen.ShouldBeFalse();
        server.Writes.Select(write => write.Holder).Distinct().ShouldBe(["a", null, "b"]);
        server.Lease!.Spec!.LeaseTransitions.ShouldBe(1);
    }

    [Fact]
    public async Task A_released_lease_is_empty_and_lasts_one_second()
    {
        var a = Start("a");
        await a.Leads();

        await a.Stop.CancelAsync();
        await a.Running;

        server.Lease!.Spec!.HolderIdentity.ShouldBeNull();
        server.Lease.Spec.LeaseDurationSeconds.ShouldBe(1);
    }

    [Fact]
    public async Task A_killed_leader_is_followed_after_the_leases_own_duration_by_the_local_clock()
    {
        // Its wall clock is an hour ahead; that must not matter.
        server.Put(new V1LeaseSpec { HolderIdentity = "killed", LeaseDurationSeconds = 15, RenewTime = time.GetUtcNow().AddHours(1), LeaseTransitions = 4 });
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "killed", "b sees the holder");

        var waited = await Until(() => b.Leading, "b leads");

        waited.ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(17));
        server.Lease!.Spec!.LeaseTransitions.ShouldBe(5);
    }

    [Fact]
    public async Task A_leader_without_contact_closes_its_gate_before_any_other_can_lead()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");
        server.Partitioned.Add("a");
        var bothOpen = false;

        var closedAfter = await Until(
            () =>
            {
                bothOpen |= a.Gate.IsOpen && b.Gate.IsOpen;
                return !a.Gate.IsOpen;
            },
            "a gives up");
        await Until(() => b.Leading, "b leads");

        closedAfter.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(10.2));
        bothOpen.ShouldBeFalse();
        (await a.Running).ShouldBe(LeadershipOutcome.Lost);
        a.Gate.Closed.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_leader_whose_lease_is_deleted_makes_it_anew_and_goes_on()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");

        server.Delete();
        await Pass(TimeSpan.FromSeconds(60));

        a.Gate.IsOpen.ShouldBeTrue();
        b.Leading.ShouldBeFalse();
        server.Lease!.Spec!.HolderIdentity.ShouldBe("a");
        server.Writes.Select(write => write.Holder).Distinct().ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_deleted_lease_is_not_taken_while_its_holder_may_still_write()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");
        server.Partitioned.Add("a");
        server.Delete();
        var bothOpen = false;

        await Until(
            () =>
            {
                bothOpen |= a.Gate.IsOpen && b.Gate.IsOpen;
                return b.Leading;
            },
            "b leads");

        bothOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_that_somebody_annotates_again_and_again_expires_all_the_same()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "killed", LeaseDurationSeconds = 15, LeaseTransitions = 1 });
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "killed", "b sees the holder");

        var waited = await Until(
            () =>
            {
                if (!b.Leading && server.Lease!.Spec!.HolderIdentity == "killed" && time.Elapsed.TotalSeconds % 5 < 0.2) server.Touch();
                return b.Leading;
            },
            "b leads");

        waited.ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(17));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-7)]
    public async Task A_holder_that_does_not_say_how_long_its_lease_lasts_has_the_time_of_ours(int? seconds)
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "killed", LeaseDurationSeconds = seconds });
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "killed", "b sees the holder");

        (await Until(() => b.Leading, "b leads")).ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(17));
    }

    [Fact]
    public async Task A_lease_for_years_is_waited_for_and_taken_once_it_is_given_back()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "somebody", LeaseDurationSeconds = int.MaxValue, LeaseTransitions = int.MaxValue });
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "somebody", "b sees the holder");
        await Pass(TimeSpan.FromSeconds(60));
        b.Running.IsCompleted.ShouldBeFalse();
        b.Leading.ShouldBeFalse();

        server.Put(server.Lease!.Spec! with { HolderIdentity = null, LeaseDurationSeconds = 1 });
        await Until(() => b.Leading, "b leads");

        server.Lease!.Spec!.LeaseTransitions.ShouldBe(int.MaxValue);
    }

    [Fact]
    public async Task A_renewal_that_gets_no_answer_is_tried_again_before_the_lease_is_lost()
    {
        var a = Start("a");
        await a.Leads();
        var silent = 0;
        server.Silence = request => request.Method == "PUT" && ++silent == 1;

        await Pass(TimeSpan.FromSeconds(30));

        silent.ShouldBeGreaterThan(1);
        a.Gate.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_release_that_meets_a_change_of_the_lease_is_tried_again()
    {
        var a = Start("a");
        await a.Leads();
        var met = false;
        server.Fault = request =>
        {
            if (request.Method != "PUT" || met || !a.Stop.IsCancellationRequested) return null;
            met = true;
            return ScriptedApi.Answer(HttpStatusCode.Conflict, ScriptedApi.Status(409, "Conflict"));
        };

        await a.Stop.CancelAsync();
        (await a.Running).ShouldBe(LeadershipOutcome.Stopped);

        met.ShouldBeTrue();
        server.Lease!.Spec!.HolderIdentity.ShouldBeNull();
    }

    [Fact]
    public async Task A_standby_whose_watch_has_died_takes_over_all_the_same()
    {
        var a = Start("a");
        await a.Leads();
        var b = Start("b");
        await Eventually.True(() => b.Elector.Holder == "a", "b sees the holder");
        server.LoseWatches();
        await Pass(TimeSpan.FromSeconds(60));
        b.Leading.ShouldBeFalse();

        server.Partitioned.Add("a");

        (await Until(() => b.Leading, "b leads")).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(32));
    }

    [Fact]
    public async Task Errors_of_renewals_are_survived_until_the_deadline()
    {
        var a = Start("a");
        await a.Leads();
        server.Fault = static _ => ScriptedApi.Answer(HttpStatusCode.InternalServerError, ScriptedApi.Status(500, "InternalError"));
        await Pass(TimeSpan.FromSeconds(7));
        a.Gate.IsOpen.ShouldBeTrue();
        server.Fault = static _ => null;

        await Pass(TimeSpan.FromSeconds(30));

        a.Gate.IsOpen.ShouldBeTrue();
        a.Leading.ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewal_that_was_committed_without_an_answer_is_no_loss()
    {
        var a = Start("a");
        await a.Leads();
        server.Put(server.Lease!.Spec! with { RenewTime = time.GetUtcNow() });

        await Pass(TimeSpan.FromSeconds(30));

        a.Gate.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_that_another_took_is_lost_at_once()
    {
        var a = Start("a");
        await a.Leads();
        server.Put(new V1LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15, RenewTime = time.GetUtcNow() });

        (await Until(() => a.Running.IsCompleted, "a gives up")).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(2.2));

        (await a.Running).ShouldBe(LeadershipOutcome.Lost);
        server.Lease!.Spec!.HolderIdentity.ShouldBe("thief");
    }

    [Fact]
    public async Task A_process_that_was_suspended_finds_its_gate_closed_whatever_runs_first()
    {
        var ownClock = new VirtualTimeProvider();
        using var gate = WriteGate.ForLeader(ownClock);
        gate.IsOpen.ShouldBeFalse();
        gate.OpenUntil(ownClock.GetTimestamp() + TimeSpan.FromSeconds(10).Ticks);
        gate.IsOpen.ShouldBeTrue();

        ownClock.Advance(TimeSpan.FromSeconds(10));

        gate.IsOpen.ShouldBeFalse();
        using var fixture = new ClientFixture();
        var writer = new ClusterWriter(fixture.Client, gate);
        var error = await Should.ThrowAsync<KubernetesException>(writer.DeleteAsync<V1Pod>(new("shop", "a"), DeleteOptions.Background, TestContext.Current.CancellationToken));
        error.Reason.ShouldBe("NotLeading");
        fixture.Api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_under_way_is_cut_off_when_the_gate_closes()
    {
        using var gate = WriteGate.AlwaysOpen(time);
        using var fixture = new ClientFixture();
        fixture.Api.ThenSilence();
        var write = new ClusterWriter(fixture.Client, gate).DeleteAsync<V1Pod>(new("shop", "a"), DeleteOptions.Background, TestContext.Current.CancellationToken);

        gate.Close();

        (await Should.ThrowAsync<KubernetesException>(write)).Reason.ShouldBe("NotLeading");
    }

    [Fact]
    public async Task Two_standbys_never_both_lead()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "killed", LeaseDurationSeconds = 15 });
        var b = Start("b");
        var c = Start("c");

        await Until(() => b.Leading || c.Leading, "one leads");
        await Pass(TimeSpan.FromSeconds(30));

        (b.Gate.IsOpen ^ c.Gate.IsOpen).ShouldBeTrue();
    }

    [Theory]
    [InlineData(15, 15, 2)]
    [InlineData(15, 10, 9)]
    [InlineData(0, 0, 0)]
    public void Timings_under_which_two_could_lead_are_refused(int duration, int deadline, int retry)
    {
        var options = new LeaderElectionOptions
        {
            LeaseNamespace = "ops",
            LeaseName = "it",
            Identity = "a",
            LeaseDuration = TimeSpan.FromSeconds(duration),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };

        Should.Throw<KubernetesConfigurationException>(options.Validate);
    }

    private Candidate Start(string identity)
    {
        var candidate = new Candidate(identity, server, time);
        candidates.Add(candidate);
        return candidate;
    }

    private async Task Pass(TimeSpan duration)
    {
        var end = time.Elapsed + duration;
        while (time.Elapsed < end)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Eventually.Settle();
        }
    }

    private Task<TimeSpan> Until(Func<bool> condition, string what) => Eventually.Advancing(time, condition, what, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(2));
}
