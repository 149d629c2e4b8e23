using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Migrations;

/// <summary>State and observation against decision, for each pair that matters.</summary>
public sealed class MigrationEngineTests
{
    private const string Me = "payments-2-expand";

    private static readonly MigrationSpec Spec = new(2, true)
    {
        Rollout = "payments",
        Release = "payments-2",
        Phase = MigrationPhase.Expand,
        Lock = "db",
        LockTimeout = "30m",
        Key = "0123456789",
        ServiceAccountName = "default",
        Image = "registry.example.com/payments:v2",
        Command = ["./migrate", "up"],
        Timeout = "10m",
    };

    [Fact]
    public void It_begins_by_waiting_for_its_lock() => Transition(Seen(null)).State.ShouldBe(MigrationState.WaitingForLock);

    [Fact]
    public void What_nobody_wants_does_not_begin() => Transition(Seen(null) with { Demand = MigrationDemand.GivenUp }).State.ShouldBe(MigrationState.Superseded);

    [Theory]
    [InlineData(MigrationState.Succeeded, MigrationState.Skipped)]
    [InlineData(MigrationState.Unknown, MigrationState.Unknown)]
    public void What_was_done_or_may_have_been_is_not_done_again(MigrationState earlier, MigrationState expected)
    {
        var done = Migration(new MigrationStatus { State = earlier }, "payments-1-expand");

        Transition(Seen(null) with { SameKey = [done] }).State.ShouldBe(expected);
        Transition(Waiting() with { SameKey = [done] }).State.ShouldBe(expected, "and neither when it was done while this one waited");
    }

    [Fact]
    public void One_whose_end_nobody_saw_is_done_by_a_persons_word_and_no_other_is()
    {
        var word = new DecisionRecord { By = "alice", Ticket = "INC-1", Reason = "the rows are there" };
        var unknown = Seen(new MigrationStatus { State = MigrationState.Unknown, Message = "Job x is gone" });

        var declared = Transition(unknown with { Override = word });
        declared.State.ShouldBe(MigrationState.Succeeded);
        declared.Reason.ShouldBe(Reasons.Overridden);
        declared.Message.ShouldBe("declared done by alice (INC-1): the rows are there; before: Job x is gone");
        MigrationEngine.Decide(unknown, Given.Now).ShouldBeOfType<MigrationDecision.Act>();
        MigrationEngine.Decide(Seen(new MigrationStatus { State = MigrationState.Failed }) with { Override = word }, Given.Now).ShouldBeOfType<MigrationDecision.Act>();
    }

    [Fact]
    public void The_lock_is_taken_by_the_first_in_line_when_it_is_free()
    {
        var left = new V1Lease { Metadata = new V1ObjectMeta { Name = "sluice-lock-db", ResourceVersion = "7" }, Spec = new V1LeaseSpec { HolderIdentity = "gone" } };
        Effects(Waiting()).ShouldBe([new MigrationEffect.TakeLock("db", Seen: null)]);
        Effects(Waiting() with { Lease = left }).ShouldBe([new MigrationEffect.TakeLock("db", left)]);
        Effects(Waiting() with { LockHolder = "other" }).ShouldBeEmpty();
        Effects(Waiting() with { Queue = ["earlier", Me] }).ShouldBeEmpty();
        Effects(Waiting() with { SameKey = [Migration(new MigrationStatus { State = MigrationState.Running }, "payments-1-expand")] }).ShouldBeEmpty("the same runs already, under another lock");
    }

    [Fact]
    public void A_lock_that_is_not_free_in_time_ends_it()
    {
        var seen = Waiting(since: Given.Now.AddMinutes(-30)) with { LockHolder = "other" };

        Transition(seen).State.ShouldBe(MigrationState.TimedOut);
        Transition(seen).Reason.ShouldBe(Reasons.LockTimeout);
        Transition(seen with { LockHolder = null, Queue = ["earlier", Me] }).State.ShouldBe(MigrationState.TimedOut);
        Effects(seen with { LockHolder = null }).ShouldBe([new MigrationEffect.TakeLock("db", Seen: null)], "it is free");
    }

    [Fact]
    public void The_attempt_is_recorded_before_its_Job_is_created()
    {
        var status = Transition(Waiting() with { LockHolder = Me });

        status.State.ShouldBe(MigrationState.Running);
        status.Attempts.ShouldHaveSingleItem().Run!.Job.ShouldBe("payments-expand-0123456789-0-1");
        Effects(Seen(status) with { LockHolder = Me }).ShouldHaveSingleItem().ShouldBeOfType<MigrationEffect.CreateJob>().Job.Metadata.Name.ShouldBe("payments-expand-0123456789-0-1");
    }

    [Fact]
    public void Numbers_go_on_from_earlier_Migrations_of_the_same_key() =>
        Transition(Waiting() with { LockHolder = Me, SameKey = [Migration(new MigrationStatus { State = MigrationState.Failed, Attempt = 3 }, "payments-1-expand")] }).Attempt.ShouldBe(4);

    [Fact]
    public void Nothing_starts_while_pods_of_a_deleted_Migration_of_this_name_live() => Effects(Waiting() with { LockHolder = Me, HasLivePods = true }).ShouldBeEmpty();

    [Fact]
    public void Without_its_lock_no_Job_is_created() => Effects(Running(uid: null) with { LockHolder = "other" }).ShouldBeEmpty();

    [Fact]
    public void Whoever_is_at_work_has_the_lock_whatever_somebody_did_to_the_Lease()
    {
        var seen = Waiting() with { AtWork = "billing-1-expand" };

        Effects(seen).ShouldBeEmpty();
        Effects(seen with { LockHolder = Me }).ShouldBe([new MigrationEffect.ReleaseLock("db")]);
        MigrationEngine.Decide(seen, Given.Now).ShouldBeOfType<MigrationDecision.Act>().Status.Lock!.Summary.ShouldBe("1 in line, held by billing-1-expand");
        Transition(Waiting(since: Given.Now.AddMinutes(-30)) with { AtWork = "billing-1-expand", LockHolder = Me }).Message.ShouldBe("lock db was not free within 30m: held by billing-1-expand");
    }

    [Fact]
    public void No_Job_is_created_while_a_pod_of_the_attempt_before_may_still_write()
    {
        var seen = Running(uid: null) with { LockHolder = Me, HasLivePods = true };

        Effects(seen).ShouldBeEmpty();
        Effects(seen with { LockOverride = new DecisionRecord { By = "alice" } }).ShouldHaveSingleItem().ShouldBeOfType<MigrationEffect.CreateJob>();
    }

    [Fact]
    public void A_Job_of_ours_is_adopted_and_one_of_somebody_else_ends_it()
    {
        Transition(Running(uid: null) with { LockHolder = Me, Job = Job() }).Attempts[0].Run!.Uid.ShouldBe("job-1");
        Transition(Running(uid: null) with { LockHolder = Me, Job = Job() with { IsOurs = false } }).Reason.ShouldBe(Reasons.JobNameTaken);
    }

    [Fact]
    public void A_Job_of_a_Migration_that_was_deleted_is_waited_for_and_let_go()
    {
        var seen = Running(uid: null) with { LockHolder = Me, Job = Job() with { IsOurs = false, IsDeleting = true } };

        Effects(seen with { HasLivePods = true }).ShouldBeEmpty();
        Effects(seen).ShouldBe([new MigrationEffect.FreeJob("j")]);
    }

    [Fact]
    public void A_Job_that_is_refused_is_the_end_and_then_the_lock_goes()
    {
        var refused = MigrationEngine.Refused(Running(uid: null).Migration, new string('w', 10_000), isForGood: true, Given.Now).ShouldBeOfType<MigrationDecision.Transition>();

        refused.Status.State.ShouldBe(MigrationState.Failed);
        refused.Status.Reason.ShouldBe(Reasons.JobRefused);
        refused.Status.Message!.Length.ShouldBeLessThanOrEqualTo(1024);
        refused.Status.FinishedAt.ShouldBe(Given.Now);
        refused.Announcements.ShouldHaveSingleItem().IsWarning.ShouldBeTrue();
        Effects(Seen(refused.Status) with { LockHolder = Me }).ShouldBe([new MigrationEffect.ReleaseLock("db")]);
    }

    [Fact]
    public void A_Job_that_is_not_let_in_is_tried_again_for_as_long_as_it_may_take()
    {
        var running = Running(uid: null).Migration;
        var begun = running with { Status = running.Status! with { StartedAt = Given.Now } };

        var wait = MigrationEngine.Refused(begun, "exceeded quota", isForGood: false, Given.Now.AddMinutes(9)).ShouldBeOfType<MigrationDecision.Act>();
        (wait.Status.State, wait.Status.Message).ShouldBe((MigrationState.Running, "its Job cannot be created: exceeded quota"));
        MigrationEngine.Refused(begun, "exceeded quota", isForGood: false, Given.Now.AddMinutes(10)).ShouldBeOfType<MigrationDecision.Transition>().Status.Reason.ShouldBe(Reasons.JobRefused);
    }

    [Fact]
    public void What_runs_by_a_status_that_somebody_has_emptied_is_unknown() =>
        Transition(Seen(new MigrationStatus { State = MigrationState.Verifying })).State.ShouldBe(MigrationState.Unknown);

    [Fact]
    public void A_failed_Job_whose_pod_does_not_stop_is_not_waited_for_without_end_and_not_tried_again_beside_it()
    {
        var seen = Running() with { HasLivePods = true, Job = Job() with { FailingSince = Given.Now.AddMinutes(-1), FailureReason = "DeadlineExceeded" } };
        var idempotent = seen with { Migration = seen.Migration with { Spec = Spec with { Idempotent = true } } };

        Effects(idempotent).ShouldBeEmpty();
        Transition(idempotent with { Job = seen.Job! with { FailingSince = Given.Now.AddMinutes(-2) } }).State.ShouldBe(MigrationState.TimedOut);
        Transition(idempotent with { LockOverride = new DecisionRecord { By = "alice" } }).State.ShouldBe(MigrationState.TimedOut);
    }

    [Fact]
    public void A_Job_that_is_gone_or_another_one_is_unknown_and_not_started_again()
    {
        Transition(Running()).State.ShouldBe(MigrationState.Unknown);
        Transition(Running() with { Job = Job() with { Uid = "job-2" } }).State.ShouldBe(MigrationState.Unknown);
    }

    [Fact]
    public void Success_is_recorded_at_once_or_after_verify()
    {
        var ended = Running() with { Job = Job() with { End = JobEnd.Complete, ExitCode = 0 } };

        Transition(ended).State.ShouldBe(MigrationState.Succeeded);
        var verifying = Transition(ended with { Migration = ended.Migration with { Spec = Spec with { Verify = ["./check"] } } });
        verifying.State.ShouldBe(MigrationState.Verifying);
        verifying.Attempts[^1].Verify!.Job.ShouldEndWith("-verify");
    }

    [Fact]
    public void A_verify_that_fails_is_a_failure()
    {
        var attempt = new MigrationAttempt { Number = 1, Run = new JobRun { Job = "j", Uid = "job-0", ExitCode = 0 }, Verify = new JobRun { Job = "j-verify", Uid = "job-1" } };
        var seen = Seen(new MigrationStatus { State = MigrationState.Verifying, Attempt = 1, Attempts = [attempt] }) with { Job = Failed(exitCode: 1) };

        Transition(seen).State.ShouldBe(MigrationState.Failed);
        Transition(seen).Reason.ShouldBe(Reasons.VerifyFailed);
    }

    [Theory]
    [InlineData(false, false, 1, false)]
    [InlineData(true, false, 1, true)]
    [InlineData(false, true, 1, true)]
    [InlineData(true, false, 2, true)]
    [InlineData(true, false, 3, false)]
    public void A_failure_is_tried_again_only_where_that_is_safe_and_retries_are_left(bool idempotent, bool neverRan, int attempts, bool again)
    {
        var seen = Running(attempts: attempts) with { Job = Failed(exitCode: neverRan ? null : 1) with { NeverRan = neverRan } };
        var status = Transition(seen with { Migration = seen.Migration with { Spec = Spec with { Idempotent = idempotent } } });

        status.State.ShouldBe(again ? MigrationState.Running : MigrationState.Failed);
        status.Attempts.Count.ShouldBe(again ? attempts + 1 : attempts);
        if (again) status.Attempts[^1].Run!.NotBefore.ShouldBe(Given.Now + TimeSpan.FromSeconds(attempts == 1 ? 10 : 20));
    }

    [Theory]
    [InlineData("DeadlineExceeded", false, MigrationState.TimedOut)]
    [InlineData("BackoffLimitExceeded", true, MigrationState.Disrupted)]
    [InlineData("BackoffLimitExceeded", false, MigrationState.Failed)]
    public void The_state_says_how_the_last_attempt_failed(string reason, bool disrupted, MigrationState state) =>
        Transition(Running() with { Job = Failed(exitCode: null) with { FailureReason = reason, WasDisrupted = disrupted } }).State.ShouldBe(state);

    [Fact]
    public void A_release_given_up_lets_the_Job_finish_or_ends_it_as_its_policy_says()
    {
        var seen = Running() with { Job = Job(), Demand = MigrationDemand.GivenUp };

        Effects(seen).ShouldBeEmpty();
        Effects(seen with { Migration = seen.Migration with { Spec = Spec with { CancelPolicy = CancelPolicy.Terminate } } }).ShouldBe([new MigrationEffect.DeleteJob("j", "job-1")]);
        Transition(Running(uid: null) with { Demand = MigrationDemand.GivenUp }).State.ShouldBe(MigrationState.Superseded);
    }

    [Theory]
    [InlineData(Reasons.TimedOut, MigrationState.TimedOut)]
    [InlineData(Reasons.Disrupted, MigrationState.Disrupted)]
    [InlineData(Reasons.VerifyFailed, MigrationState.Failed)]
    public void A_release_given_up_between_two_attempts_leaves_what_the_first_one_came_to(string reason, MigrationState state)
    {
        var first = new MigrationAttempt { Number = 1, Run = new JobRun { Job = "j", Uid = "job-1", Reason = reason, Message = "the command did not end well" } };
        var second = new MigrationAttempt { Number = 2, Run = new JobRun { Job = "j-2", NotBefore = Given.Now.AddSeconds(10) } };
        var status = Transition(Seen(new MigrationStatus { State = MigrationState.Running, Attempt = 2, Attempts = [first, second] }) with { Demand = MigrationDemand.GivenUp });

        (status.State, status.Reason, status.Attempts[^1].Run!.Reason).ShouldBe((state, reason, Reasons.Superseded));
        status.Message.ShouldBe("the command did not end well; not tried again: its release does not wait for it any more");
    }

    [Fact]
    public void A_deleted_Job_is_let_go_once_its_pods_have_stopped()
    {
        var seen = Running() with { Job = Job() with { IsDeleting = true } };

        Effects(seen with { HasLivePods = true }).ShouldBeEmpty();
        Effects(seen).ShouldBe([new MigrationEffect.FreeJob("j")]);
    }

    [Theory]
    [InlineData(MigrationState.Succeeded)]
    [InlineData(MigrationState.Failed)]
    [InlineData(MigrationState.TimedOut)]
    [InlineData(MigrationState.Disrupted)]
    [InlineData(MigrationState.Unknown)]
    [InlineData(MigrationState.Skipped)]
    [InlineData(MigrationState.Superseded)]
    [InlineData(MigrationState.Undone)]
    public void The_lock_is_given_back_on_every_way_out_once_no_pod_can_write_any_more(MigrationState state)
    {
        var seen = Seen(new MigrationStatus { State = state, Lock = new LockStatus { AcquiredAt = Given.Now } }) with { LockHolder = Me, HeldJobs = ["j"] };

        Effects(seen).ShouldBe([new MigrationEffect.FreeJob("j"), new MigrationEffect.ReleaseLock("db")]);
        Effects(seen with { HasLivePods = true }).ShouldBe([new MigrationEffect.FreeJob("j")]);
        Effects(seen with { LockHolder = "other" }).ShouldBe([new MigrationEffect.FreeJob("j")]);
    }

    [Fact]
    public void What_is_in_the_way_is_waited_for_without_the_lock()
    {
        var seen = Waiting() with { Obstacle = "pod p is still there" };

        Effects(seen).ShouldBeEmpty();
        Effects(seen with { LockHolder = Me }).ShouldBe([new MigrationEffect.ReleaseLock("db")]);
        var told = MigrationEngine.Decide(seen, Given.Now).ShouldBeOfType<MigrationDecision.Act>();
        told.Status.Message.ShouldBe("waiting: pod p is still there");
        told.Status.Reason.ShouldBe(Reasons.PodsInTheWay);
        told.LookAgain.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void What_is_in_the_way_for_longer_than_the_lock_may_be_waited_for_ends_it_before_it_has_begun()
    {
        var seen = Waiting(since: Given.Now.AddMinutes(-30)) with { LockHolder = Me, Obstacle = "pod p is still there" };

        Transition(seen).ShouldSatisfyAllConditions(
            status => status.State.ShouldBe(MigrationState.TimedOut), status => status.StartedAt.ShouldBeNull(), status => status.Message.ShouldBe("it could not begin within 30m: pod p is still there"));
        Transition(seen with { Obstacle = null }).State.ShouldBe(MigrationState.Running, "with the lock in hand and nothing in the way it is in time");
    }

    [Fact]
    public void What_is_withdrawn_does_not_begin_and_is_seen_through_once_it_has()
    {
        Transition(Waiting() with { Demand = MigrationDemand.Withdrawn, LockHolder = Me }).State.ShouldBe(MigrationState.Superseded);
        Effects(Running(uid: null) with { Demand = MigrationDemand.Withdrawn, LockHolder = Me }).ShouldHaveSingleItem().ShouldBeOfType<MigrationEffect.CreateJob>();
        var terminating = Running() with { Demand = MigrationDemand.Withdrawn, Job = Job() };
        Effects(terminating with { Migration = terminating.Migration with { Spec = Spec with { CancelPolicy = CancelPolicy.Terminate } } }).ShouldBeEmpty();
    }

    [Fact]
    public void A_success_that_was_taken_back_is_undone()
    {
        Transition(Seen(new MigrationStatus { State = MigrationState.Succeeded }) with { UndoneBy = "payments-2-undo" }).State.ShouldBe(MigrationState.Undone);
        MigrationEngine.Decide(Seen(new MigrationStatus { State = MigrationState.Failed }) with { UndoneBy = "payments-2-undo" }, Given.Now).ShouldBeOfType<MigrationDecision.Act>();
    }

    [Fact]
    public void A_lost_pod_holds_the_lock_until_a_person_says_that_it_is_dead()
    {
        var seen = Seen(new MigrationStatus { State = MigrationState.TimedOut, Lock = new LockStatus { AcquiredAt = Given.Now } }) with { LockHolder = Me, HasLivePods = true };

        Effects(seen).ShouldBeEmpty();
        Effects(seen with { LockOverride = new DecisionRecord { By = "alice" } }).ShouldBe([new MigrationEffect.ReleaseLock("db")]);
        var without = seen with { LockHolder = null };
        MigrationEngine.Decide(without, Given.Now).ShouldBeOfType<MigrationDecision.Act>().Status.Lock!.ReleasedAt.ShouldBeNull("nobody else begins before, though somebody has freed the Lease");
        MigrationEngine.Decide(without with { HasLivePods = false }, Given.Now).ShouldBeOfType<MigrationDecision.Act>().Status.Lock!.ReleasedAt.ShouldBe(Given.Now);
    }

    [Fact]
    public void Every_state_is_handled()
    {
        foreach (var state in Enum.GetValues<MigrationState>())
        {
            Should.NotThrow(() => MigrationEngine.Decide(Running() with { Migration = Migration(Running().Migration.Status! with { State = state }) }, Given.Now), $"{state}");
        }
    }

    [Fact]
    public void Texts_of_others_are_kept_short()
    {
        var status = Transition(Running() with { Job = Failed(exitCode: 1) with { PodMessage = new string('x', 5000), PodReason = "Error" } });

        status.Message!.Length.ShouldBeLessThanOrEqualTo(1024);
        status.Attempts[^1].Run!.Message!.Length.ShouldBeLessThanOrEqualTo(1024);
    }

    private static Migration Migration(MigrationStatus? status, string name = Me) =>
        new() { Metadata = new V1ObjectMeta { Name = name, Namespace = "shop", Uid = "m-1" }, Spec = Spec, Status = status };

    private static MigrationSnapshot Seen(MigrationStatus? status) => new()
    {
        Migration = Migration(status),
        Demand = MigrationDemand.Wanted,
        SameKey = [],
        Queue = [Me],
        LockHolder = null,
        Job = null,
        HeldJobs = [],
        HasLivePods = false,
    };

    private static MigrationSnapshot Waiting(DateTimeOffset? since = null) =>
        Seen(new MigrationStatus { State = MigrationState.WaitingForLock, Lock = new LockStatus { WaitingSince = since ?? Given.Now } });

    private static MigrationSnapshot Running(string? uid = "job-1", int attempts = 1) => Seen(new MigrationStatus
    {
        State = MigrationState.Running,
        Attempt = attempts,
        Attempts = [.. Enumerable.Range(1, attempts).Select(number => new MigrationAttempt { Number = number, Run = new JobRun { Job = "j", Uid = uid } })],
    });

    private static ObservedJob Job() => new()
    {
        Name = "j",
        Uid = "job-1",
        IsOurs = true,
        IsDeleting = false,
        End = JobEnd.NotYet,
        FailureReason = null,
        FinishedAt = null,
        ExitCode = null,
        NeverRan = false,
        WasDisrupted = false,
        PodReason = null,
        PodMessage = null,
        LogTail = null,
    };

    private static ObservedJob Failed(int? exitCode) => Job() with { End = JobEnd.Failed, FailureReason = "BackoffLimitExceeded", ExitCode = exitCode, FinishedAt = Given.Now };

    private static MigrationStatus Transition(MigrationSnapshot seen) => MigrationEngine.Decide(seen, Given.Now).ShouldBeOfType<MigrationDecision.Transition>().Status;

    private static IReadOnlyList<MigrationEffect> Effects(MigrationSnapshot seen) => MigrationEngine.Decide(seen, Given.Now).ShouldBeOfType<MigrationDecision.Act>().Effects;
}
