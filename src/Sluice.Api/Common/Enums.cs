namespace Sluice.Api;

/// <summary>What a Rollout is doing, in one word.</summary>
public enum Phase
{
    /// <summary>A release is in flight.</summary>
    Progressing,

    /// <summary>The revision in the spec runs everywhere.</summary>
    Healthy,

    /// <summary>A release waits: for a pause step, a gate, a person after an inconclusive analysis, or because it is paused.</summary>
    Paused,

    /// <summary>Pods and traffic go back to the stable revision.</summary>
    RollingBack,

    /// <summary>The revision in the spec does not run: rolled back, aborted, failed, or the spec is invalid.</summary>
    Degraded,
}

/// <summary>Where a release in flight is.</summary>
public enum Stage
{
    /// <summary>The spec is validated and a Release is recorded.</summary>
    Pending,

    /// <summary>The expand migration runs, before any pod of the new revision exists.</summary>
    Expanding,

    /// <summary>The first canary pods become available.</summary>
    Starting,

    /// <summary>The steps of the plan are taken, one at a time.</summary>
    Stepping,

    /// <summary>The canary takes over all replicas.</summary>
    Promoting,

    /// <summary>The promoted revision is watched; a failing metric still rolls back.</summary>
    Soaking,

    /// <summary>The revision is promoted, no pod of an older one is left, and its contract migration runs.</summary>
    Contracting,

    /// <summary>Pods and traffic go back to the stable revision.</summary>
    RollingBack,

    /// <summary>Pods and traffic are back at the stable revision, and the migration of the other one is taken back.</summary>
    Undoing,

    /// <summary>The outcome stands and is being recorded in the Release.</summary>
    Finishing,
}

/// <summary>How a release ended. The first value is what a status without one reads as: never a success.</summary>
public enum Outcome
{
    /// <summary>Ended before it could serve: a failed migration, pods that never became available.</summary>
    Failed,

    /// <summary>The revision runs everywhere.</summary>
    Promoted,

    /// <summary>Taken back because of what was measured or observed.</summary>
    RolledBack,

    /// <summary>Taken back because a person asked for it.</summary>
    Aborted,

    /// <summary>A newer revision took its place.</summary>
    Superseded,

    /// <summary>The spec, or a RollBack, went back to the stable revision.</summary>
    Reverted,
}

/// <summary>What the measurements say.</summary>
public enum Verdict
{
    /// <summary>Not enough evidence for either side.</summary>
    Inconclusive,

    /// <summary>Confidently within the bound.</summary>
    Pass,

    /// <summary>Confidently beyond the bound. Never taken back within a release.</summary>
    Fail,
}

/// <summary>The kind of a step.</summary>
public enum StepKind
{
    /// <summary>Sends a share of the traffic to the canary.</summary>
    SetWeight,

    /// <summary>Waits for a time, or until a person continues.</summary>
    Pause,

    /// <summary>Waits for a verdict.</summary>
    Analysis,

    /// <summary>Waits for a person's approval.</summary>
    Gate,

    /// <summary>Waits for Jobs.</summary>
    Checks,
}

/// <summary>What a Decision asks for.</summary>
public enum DecisionAction
{
    /// <summary>Rolls the release back.</summary>
    Abort,

    /// <summary>No step advances and no release starts.</summary>
    Pause,

    /// <summary>Takes a Pause back.</summary>
    Resume,

    /// <summary>Ends the present pause, or an analysis without a verdict.</summary>
    Continue,

    /// <summary>Skips the steps that are left.</summary>
    PromoteFull,

    /// <summary>Releases the same revision again, from its first step.</summary>
    Retry,

    /// <summary>Goes back to an earlier Release.</summary>
    RollBack,

    /// <summary>Lets the release through a gate.</summary>
    Approve,

    /// <summary>Answers a gate with no: the release is rolled back.</summary>
    Reject,

    /// <summary>Passes what blocks.</summary>
    Override,
}

/// <summary>What became of a Decision. The first value is what an answer without one reads as: never that it was applied.</summary>
public enum DecisionState
{
    /// <summary>Not possible, or not allowed, as things stand.</summary>
    Refused,

    /// <summary>Done.</summary>
    Applied,

    /// <summary>Too late for its release.</summary>
    Late,

    /// <summary>Its release or revision is not the present one.</summary>
    Superseded,
}

/// <summary>Where a Migration is.</summary>
public enum MigrationState
{
    /// <summary>Another migration holds the lock.</summary>
    WaitingForLock,

    /// <summary>A Job runs the command.</summary>
    Running,

    /// <summary>A Job runs the verify command.</summary>
    Verifying,

    /// <summary>Done and verified; never started again.</summary>
    Succeeded,

    /// <summary>The last attempt failed.</summary>
    Failed,

    /// <summary>The last attempt, or the wait for the lock, ran into its timeout.</summary>
    TimedOut,

    /// <summary>The Job was ended from outside before the command did.</summary>
    Disrupted,

    /// <summary>A Job is gone with no recorded result; never started again by itself.</summary>
    Unknown,

    /// <summary>The same migration was already done.</summary>
    Skipped,

    /// <summary>Its release ended before it started.</summary>
    Superseded,

    /// <summary>Taken back by its undo.</summary>
    Undone,
}

/// <summary>Phase of a migration around a release.</summary>
public enum MigrationPhase
{
    /// <summary>Before the new revision starts: additions that the old revision tolerates.</summary>
    Expand,

    /// <summary>After the new revision is promoted and the old pods are gone: removals that the old revision would not survive.</summary>
    Contract,

    /// <summary>After a rollback: takes the expand phase back.</summary>
    Undo,
}

/// <summary>What happens when pods are not available in time.</summary>
public enum ProgressDeadlinePolicy
{
    /// <summary>The release is rolled back.</summary>
    RollBack,

    /// <summary>The release waits for a person.</summary>
    Pause,
}

/// <summary>What happens when a metric gives no usable answer.</summary>
public enum NoDataPolicy
{
    /// <summary>The step does not advance.</summary>
    Wait,

    /// <summary>Three in a row are a failure of the metric.</summary>
    Fail,
}

/// <summary>What happens when an analysis step reaches its maxDuration without a verdict.</summary>
public enum InconclusivePolicy
{
    /// <summary>The release waits for a person.</summary>
    Pause,

    /// <summary>The release is rolled back.</summary>
    RollBack,

    /// <summary>The release goes on; it is recorded that this was not proven.</summary>
    Promote,
}

/// <summary>What happens to a running migration whose release is given up.</summary>
public enum CancelPolicy
{
    /// <summary>It finishes or runs into its timeout.</summary>
    Wait,

    /// <summary>Its Job is deleted; the result is Unknown.</summary>
    Terminate,
}

/// <summary>The kind of object that a Rollout takes over.</summary>
public enum WorkloadKind
{
    /// <summary>A Deployment of <c>apps/v1</c>.</summary>
    Deployment,
}

/// <summary>How the pods of a Deployment go whose place a Rollout takes.</summary>
public enum WorkloadScaleDown
{
    /// <summary>A person scales it down.</summary>
    Never,

    /// <summary>To 0, once all of the Rollout's pods are available.</summary>
    OnSuccess,

    /// <summary>Step by step, as the Rollout's pods become available.</summary>
    Progressively,
}
