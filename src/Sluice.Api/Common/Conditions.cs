namespace Sluice.Api;

/// <summary>Types of the conditions in a Rollout's status. Ready, Reconciling and Stalled are read by kstatus, Flux and Argo CD.</summary>
public static class ConditionTypes
{
    /// <summary>True when the revision in the spec runs everywhere and no release is in flight.</summary>
    public const string Ready = "Ready";

    /// <summary>True while a release is in flight or waits for something; absent otherwise.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>True when no progress will be made without a person: an invalid spec, or a release that ended without promotion; absent otherwise.</summary>
    public const string Stalled = "Stalled";

    /// <summary>True while replicas − maxUnavailable pods or more are available.</summary>
    public const string Available = "Available";

    /// <summary>
    /// True when the API server was seen to refuse a Decision in somebody else's name; False when it was seen to accept one, or when that cannot be tried; absent before
    /// the first trial.
    /// </summary>
    public const string IdentityEnforced = "IdentityEnforced";

    /// <summary>True while a promoted revision's contract migration has not begun, and waits for the next promotion; absent otherwise.</summary>
    public const string ContractOwed = "ContractOwed";

    /// <summary>True when the newest contract migration has begun and did not succeed; absent otherwise.</summary>
    public const string ContractFailed = "ContractFailed";

    /// <summary>True when the migration of a revision that was rolled back could not be taken back, until another revision is promoted; absent otherwise.</summary>
    public const string UndoFailed = "UndoFailed";
}

/// <summary>Values of a condition's <c>status</c>.</summary>
public static class ConditionStatus
{
    public const string True = "True";

    public const string False = "False";

    public const string Unknown = "Unknown";
}

/// <summary>Reasons in conditions, releases, timelines and events.</summary>
public static class Reasons
{
    /// <summary>The revision in the spec runs everywhere.</summary>
    public const string Completed = "Completed";

    /// <summary>A release is in flight.</summary>
    public const string Progressing = "Progressing";

    /// <summary>Pods older than <c>spec.restartAt</c> are being replaced.</summary>
    public const string Restarting = "Restarting";

    /// <summary>An expand migration waits, runs or is being verified.</summary>
    public const string Migrating = "Migrating";

    /// <summary>A contract migration waits or runs.</summary>
    public const string Contracting = "Contracting";

    /// <summary>The migration of a revision that was rolled back is taken back.</summary>
    public const string Undoing = "Undoing";

    /// <summary>A contract migration holds the lock: no pod of a new revision is started meanwhile.</summary>
    public const string ContractUnderWay = "ContractUnderWay";

    /// <summary>A contract, or an undo, waits for pods that its command would break, or for the canary of another Rollout with the same lock.</summary>
    public const string PodsInTheWay = "PodsInTheWay";

    /// <summary>The contract of a promoted revision has not begun: another revision was asked for, or the lock or the last old pod was waited for in vain.</summary>
    public const string ContractOwed = "ContractOwed";

    /// <summary>A contract that was owed is not run any more: a revision that needs what it removes was promoted again.</summary>
    public const string ContractDropped = "ContractDropped";

    /// <summary>The revision was promoted last before an irreversible contract began: it is not run again without an Override.</summary>
    public const string BelowSchemaFloor = "BelowSchemaFloor";

    /// <summary>A migration was taken back by its undo.</summary>
    public const string Undone = "Undone";

    /// <summary>An analysis step waits for its verdicts.</summary>
    public const string Analyzing = "Analyzing";

    /// <summary>Traffic and pods go back to the stable revision.</summary>
    public const string RollingBack = "RollingBack";

    /// <summary>The promoted revision is watched for the soak's duration.</summary>
    public const string Soaking = "Soaking";

    /// <summary><c>spec.paused</c> is set, or a person made a Pause.</summary>
    public const string Paused = "Paused";

    /// <summary>A pause step waits.</summary>
    public const string StepPaused = "StepPaused";

    /// <summary>A gate waits for an Approve.</summary>
    public const string GateWaiting = "GateWaiting";

    /// <summary>A gate was answered with a Reject.</summary>
    public const string GateRejected = "GateRejected";

    /// <summary>A checks step waits for its Jobs.</summary>
    public const string Checking = "Checking";

    /// <summary>Fewer checks of a step have succeeded, or could still succeed, than its join asks for.</summary>
    public const string ChecksFailed = "ChecksFailed";

    /// <summary>A check has succeeded.</summary>
    public const string CheckSucceeded = "CheckSucceeded";

    /// <summary>A check has ended without success.</summary>
    public const string CheckFailed = "CheckFailed";

    /// <summary>A person went back to an earlier Release: the spec's revision is held.</summary>
    public const string HeldByRollBack = "HeldByRollBack";

    /// <summary>The API server refuses Decisions in somebody else's name.</summary>
    public const string ForgeryRefused = "ForgeryRefused";

    /// <summary>The API server accepts Decisions in anybody's name.</summary>
    public const string ForgeryAccepted = "ForgeryAccepted";

    /// <summary>Whether the API server refuses Decisions in somebody else's name could not be tried.</summary>
    public const string TrialFailed = "TrialFailed";

    /// <summary>A migration whose end nobody saw was declared done by an Override.</summary>
    public const string Overridden = "Overridden";

    /// <summary>An analysis reached its maxDuration without a verdict.</summary>
    public const string AnalysisInconclusive = "AnalysisInconclusive";

    /// <summary>The spec cannot be acted on; the message names the field.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>The route, or a Service, that the traffic is to be steered by is missing or cannot be used; the message names it.</summary>
    public const string InvalidRoute = "InvalidRoute";

    /// <summary>Pods of the Deployment that workloadRef names serve beside the Rollout's; the message says what is waited for, or what a person has to do.</summary>
    public const string WorkloadStillServing = "WorkloadStillServing";

    /// <summary>The Deployment that workloadRef names does not exist: there is nothing that could be released next.</summary>
    public const string WorkloadMissing = "WorkloadMissing";

    /// <summary>The Rollout is being deleted, and what it has taken over takes its place again.</summary>
    public const string HandingBack = "HandingBack";

    /// <summary>Pods of the stable revision become available after a change of replicas.</summary>
    public const string Scaling = "Scaling";

    /// <summary>A ReplicaSet is gone and nothing is left from which it could be created again.</summary>
    public const string TemplateLost = "TemplateLost";

    /// <summary>The status was lost and was rebuilt from the Releases and ReplicaSets.</summary>
    public const string StatusRebuilt = "StatusRebuilt";

    /// <summary>The revision was promoted to all replicas.</summary>
    public const string Promoted = "Promoted";

    /// <summary>The revision was taken back because of what was measured or observed.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>The revision was taken back because a person asked for it.</summary>
    public const string Aborted = "Aborted";

    /// <summary>The release ended before any traffic reached its revision.</summary>
    public const string Failed = "Failed";

    /// <summary>A newer revision took the release's place.</summary>
    public const string Superseded = "Superseded";

    /// <summary>The spec, or a RollBack, went back to the stable revision.</summary>
    public const string Reverted = "Reverted";

    /// <summary>A rollback has not finished by its deadline; it goes on trying.</summary>
    public const string RollbackStuck = "RollbackStuck";

    /// <summary>New pods of a restart do not become available within the progress deadline: old ones stay, and it goes on when they do.</summary>
    public const string RestartStuck = "RestartStuck";

    /// <summary>Pods of the stable revision have not been available for longer than the progress deadline, though nothing is released.</summary>
    public const string PodsUnavailable = "PodsUnavailable";

    /// <summary>Blue-green, back to a revision whose pods are still there: its steps are skipped.</summary>
    public const string InstantReturn = "InstantReturn";

    /// <summary>A metric's verdict is Fail.</summary>
    public const string MetricFailed = "MetricFailed";

    /// <summary>A metric gave no usable answer three times in a row, and its <c>onNoData</c> is Fail.</summary>
    public const string NoMetricData = "NoMetricData";

    /// <summary>Pods were not available within progressDeadlineSeconds.</summary>
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";

    /// <summary>At the progress deadline the operator had not asked for all pods yet, having been down or behind: the deadline begins once more.</summary>
    public const string CatchingUp = "CatchingUp";

    /// <summary>A container of the canary was restarted three times without ever becoming ready.</summary>
    public const string CrashLooping = "CrashLooping";

    /// <summary>An image of the canary cannot be pulled, for certain.</summary>
    public const string ImageNotPullable = "ImageNotPullable";

    /// <summary>The expand migration did not succeed.</summary>
    public const string MigrationFailed = "MigrationFailed";

    /// <summary>The migration's lock was not free within lockTimeout.</summary>
    public const string LockTimeout = "LockTimeout";

    /// <summary>A migration's Job ended without a recorded result; a person must look.</summary>
    public const string MigrationUnknown = "MigrationUnknown";

    /// <summary>The image's command exited with another code than 0.</summary>
    public const string CommandFailed = "CommandFailed";

    /// <summary>The verify command exited with another code than 0.</summary>
    public const string VerifyFailed = "VerifyFailed";

    /// <summary>The migration has succeeded, its verify command too.</summary>
    public const string MigrationSucceeded = "MigrationSucceeded";

    /// <summary>The same migration was done by an earlier release.</summary>
    public const string AlreadyDone = "AlreadyDone";

    /// <summary>A Job of the name that is needed exists and belongs to something else.</summary>
    public const string JobNameTaken = "JobNameTaken";

    /// <summary>The API server refuses the Job that is made of the migration's fields.</summary>
    public const string JobRefused = "JobRefused";

    /// <summary>The pod was evicted or deleted before its command ended.</summary>
    public const string Disrupted = "Disrupted";

    /// <summary>A Job ran into its timeout.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>Fewer than replicas − maxUnavailable pods are available.</summary>
    public const string MinimumReplicasUnavailable = "MinimumReplicasUnavailable";

    /// <summary>Replicas − maxUnavailable pods or more are available.</summary>
    public const string MinimumReplicasAvailable = "MinimumReplicasAvailable";
}
