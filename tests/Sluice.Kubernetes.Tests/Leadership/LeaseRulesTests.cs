using System.Net;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Leadership;

/// <summary>The finer rules of the lease: when an attempt is made, and from when on a leader counts.</summary>
public sealed class LeaseRulesTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly VirtualTimeProvider time = new();
    private readonly LeaseServer server = new();
    private readonly List<Candidate> candidates = [];
    private readonly TaskCompletionSource<HttpResponseMessage> stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        stuck.SetException(new HttpRequestException("gone"));
        foreach (var candidate in candidates)
            await candidate.DisposeAsync();
    }

    [Fact]
    public async Task Attempts_that_fail_are_repeated_after_two_seconds_and_up_to_one_point_two_times_that_more()
    {
        var attempts = new List<TimeSpan>();
        server.Fault = request =>
        {
            if (request.Method != "POST")
                return null;

            attempts.Add(time.Elapsed);
            return ScriptedApi.Answer(HttpStatusCode.InternalServerError, ScriptedApi.Status(500, "InternalError"));
        };
        Start("a");

        await Eventually.Advancing(time, () => attempts.Count == 40, "forty attempts", Step);

        var pauses = attempts.Zip(attempts.Skip(1), (earlier, later) => (later - earlier).TotalSeconds).ToList();
        pauses.ShouldAllBe(pause => pause >= 2 && pause <= 4.6);
        (pauses.Max() - pauses.Min()).ShouldBeGreaterThan(1.5);
    }

    [Fact]
    public async Task A_leader_counts_from_when_it_sent_its_renewal_and_not_from_when_the_answer_came()
    {
        var a = Start("a");
        await a.Leads();
        var answer = a.Api.Otherwise!;
        a.Api.Otherwise = async (request, ct) =>
        {
            if (request.Method == "PUT")
                await Task.Delay(TimeSpan.FromSeconds(3), time, ct);

            return await answer(request, ct);
        };
        var sent = await Eventually.Advancing(time, () => a.Api.Requests.Any(request => request.Method == "PUT"), "a renewal is sent", Step);
        await Eventually.Advancing(time, () => server.Writes.Count == 2, "it is committed", Step);
        await Eventually.Settle();
        server.Partitioned.Add("a");

        var closed = await Eventually.Advancing(time, () => !a.Gate.IsOpen, "the gate closes", Step);

        (time.Elapsed - sent).ShouldBeInRange(TimeSpan.FromSeconds(9.8), TimeSpan.FromSeconds(10.2));
        closed.ShouldBeLessThan(TimeSpan.FromSeconds(7.5));
    }

    [Fact]
    public async Task The_gate_closes_by_the_clock_alone_although_nothing_that_watches_over_the_lease_gets_to_run()
    {
        var a = Start("a");
        await a.Leads();
        var answer = a.Api.Otherwise!;
        var renewals = 0;
        a.Api.Otherwise = async (request, ct) =>
        {
            if (request.Method != "PUT")
                return await answer(request, ct);

            if (++renewals > 1)
                return await stuck.Task;

            await Task.Delay(TimeSpan.FromSeconds(3), time, ct);
            return await answer(request, ct);
        };
        await Eventually.Advancing(time, () => renewals == 1, "a renewal is sent", Step);
        var sent = time.Elapsed;
        await Eventually.Advancing(time, () => renewals == 2, "the next one, which gets stuck", Step);

        time.Advance(sent + TimeSpan.FromSeconds(9.8) - time.Elapsed);
        a.Gate.IsOpen.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(0.3));
        a.Gate.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_that_became_anothers_meanwhile_is_not_released()
    {
        var a = Start("a");
        await a.Leads();
        server.Fault = request =>
        {
            if (request.Method == "GET" && request.Parameter("watch") is null)
                server.Put(new V1LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });

            return null;
        };

        await a.Stop.CancelAsync();
        await a.Running;

        server.Lease!.Spec!.HolderIdentity.ShouldBe("thief");
        server.Writes.Select(write => write.Method).ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Taking_back_ones_own_lease_is_no_transition()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "a", LeaseDurationSeconds = 15, LeaseTransitions = 4 });
        var a = Start("a");

        await a.Leads();

        server.Lease!.Spec!.LeaseTransitions.ShouldBe(4);
        time.Elapsed.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_holder_of_a_longer_lease_is_waited_for_as_long_as_its_own_record_says()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "slow", LeaseDurationSeconds = 40 });
        var a = Start("a");
        await Eventually.True(() => a.Elector.Holder == "slow", "the holder is seen");

        (await Eventually.Advancing(time, () => a.Leading, "it leads", Step)).ShouldBeInRange(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(43));
    }

    [Fact]
    public async Task A_holder_that_renews_is_waited_for_anew_each_time()
    {
        server.Put(new V1LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 15 });
        var a = Start("a");
        await Eventually.True(() => a.Elector.Holder == "other", "the holder is seen");
        for (var renewal = 0; renewal < 4; renewal++)
        {
            await Eventually.Advancing(time, () => time.Elapsed >= TimeSpan.FromSeconds(10 * (renewal + 1)), "ten seconds", Step);
            server.Put(new V1LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 15, RenewTime = time.GetUtcNow() });
            await Eventually.Settle();
        }

        a.Leading.ShouldBeFalse();
        (await Eventually.Advancing(time, () => a.Leading, "it leads", Step)).ShouldBeInRange(TimeSpan.FromSeconds(14.8), TimeSpan.FromSeconds(18));
    }

    [Theory]
    [InlineData("", "it", "ops")]
    [InlineData("a", "", "ops")]
    [InlineData("a", "it", "")]
    public void A_lease_and_an_identity_are_needed(string identity, string name, string ns) => Should.Throw<KubernetesConfigurationException>(
        new LeaderElectionOptions { Identity = identity, LeaseName = name, LeaseNamespace = ns }.Validate);

    [Fact]
    public void The_timings_are_those_of_every_controller_unless_told_otherwise()
    {
        var options = new LeaderElectionOptions { Identity = "a", LeaseName = "it", LeaseNamespace = "ops" };

        options.Validate();

        (options.LeaseDuration.TotalSeconds, options.RenewDeadline.TotalSeconds, options.RetryPeriod.TotalSeconds).ShouldBe((15, 10, 2));
    }

    private Candidate Start(string identity)
    {
        var candidate = new Candidate(identity, server, time);
        candidates.Add(candidate);
        return candidate;
    }
}
