using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>What a Rollout is. Kept small: what is long lives in the Release. Only what cannot be observed again is read back from it.</summary>
public sealed record RolloutStatus
{
    public const int MaxDecisions = 32;

    public const int MaxOwedContracts = 8;

    [Description("The generation of the spec that this status answers.")]
    public long? ObservedGeneration { get; init; }

    [Description("The generation whose pod template the API server refused, with workloadRef that of the Deployment added: it is not tried again before one of them changes.")]
    public long? RefusedGeneration { get; init; }

    [Description("What the Rollout is doing: Healthy, Progressing, Paused, RollingBack or Degraded.")]
    public Phase? Phase { get; init; }

    [Description("What is happening, in a sentence.")]
    public string? Message { get; init; }

    [Description("The revision that the spec asks for: 10 hexadecimal digits.")]
    public string? Revision { get; init; }

    [Description("Images of the revision that the spec asks for, separated by commas.")]
    public string? Images { get; init; }

    [Description("Pods that exist, of all revisions.")]
    public int Replicas { get; init; }

    [Description("Pods that are ready.")]
    public int ReadyReplicas { get; init; }

    [Description("Pods that are available: ready for minReadySeconds.")]
    public int AvailableReplicas { get; init; }

    [Description("Pods of the revision that the spec asks for.")]
    public int UpdatedReplicas { get; init; }

    [Description("Label selector of all pods, for the scale subresource.")]
    public string? Selector { get; init; }

    [Description("The revision that was promoted last.")]
    public StableStatus? Stable { get; init; }

    [Description("The revision that is being released.")]
    public CanaryStatus? Canary { get; init; }

    [Description("The Services, or the subsets, that lead to the pods; absent where the numbers of pods carry the weight.")]
    public TrafficStatus? Traffic { get; init; }

    [Description("The Deployment that workloadRef names, from when its pods begin to give way to the Rollout's.")]
    public WorkloadStatus? Workload { get; init; }

    [Description("The release in flight.")]
    public ReleaseProgress? Release { get; init; }

    [Description("The release that ended last.")]
    public LastRelease? LastRelease { get; init; }

    [Description("The contracts of promoted revisions that have not begun, oldest first: they run after the next promotion.")]
    [MaxItems(MaxOwedContracts)]
    [ListType("map")]
    [ListMapKeys("release")]
    public IReadOnlyList<OwedContract> OwedContracts { get => field ?? []; init; }

    [Description("Number of the newest release whose irreversible contract has begun: revisions promoted last before it are not run again.")]
    public int? SchemaFloor { get; init; }

    [Description("The Override by which a revision below the schema floor may run.")]
    public FloorOverride? FloorOverride { get; init; }

    [Description("The restart that spec.restartAt asked for last.")]
    public RestartStatus? Restart { get; init; }

    [Description("The Pause in force; absent unless a person made one. The spec's paused is apart from it.")]
    public DecisionRecord? PausedBy { get; init; }

    [Description("The earlier Release that a person went back to; absent while the Rollout follows its spec.")]
    public RollBackHold? RolledBackTo { get; init; }

    [Description("The Decisions answered last, oldest first: ten, and those whose answer is not in the Decision yet.")]
    [MaxItems(MaxDecisions)]
    [ListType("atomic")]
    public IReadOnlyList<DecisionAnswer> Decisions { get => field ?? []; init; }

    [Description("Ready, Reconciling, Stalled and Available, as kstatus defines them; IdentityEnforced: whether the names in Decisions are proven; "
        + "ContractOwed, ContractFailed and UndoFailed: what has become of migrations.")]
    [MaxItems(16)]
    [ListType("map")]
    [ListMapKeys("type")]
    public IReadOnlyList<V1Condition> Conditions { get => field ?? []; init; }
}

/// <summary>The revision that was promoted last.</summary>
public sealed record StableStatus
{
    [Description("The revision: 10 hexadecimal digits.")]
    public string Revision { get => field ?? ""; init; }

    [Description("Images of its containers.")]
    [MaxItems(1000)]
    [ListType("atomic")]
    public IReadOnlyList<string> Images { get => field ?? []; init; }

    [Description("Pods wanted of it.")]
    public int Replicas { get; init; }

    [Description("Pods of it that are available.")]
    public int Available { get; init; }

    [Description("Available and wanted pods: 8/8.")]
    public string? Summary { get; init; }

    [Description("Since when fewer pods are available than are wanted, and no further one has become so; absent while all are.")]
    public DateTimeOffset? ShortSince { get; init; }

    [Description("The most pods that were available since they became too few.")]
    public int ProgressMark { get; init; }
}

/// <summary>The revision that is being released.</summary>
public sealed record CanaryStatus
{
    [Description("The revision: 10 hexadecimal digits.")]
    public string Revision { get => field ?? ""; init; }

    [Description("Images of its containers.")]
    [MaxItems(1000)]
    [ListType("atomic")]
    public IReadOnlyList<string> Images { get => field ?? []; init; }

    [Description("Pods wanted of it.")]
    public int Replicas { get; init; }

    [Description("Pods of it that are available.")]
    public int Available { get; init; }

    [Description("Available and wanted pods: 3/3.")]
    public string? Summary { get; init; }

    [Description("Percentage of the traffic that the plan asks for.")]
    public int Weight { get; init; }

    [Description("Percentage of the traffic that it really gets: by the weights of the route, or else by the numbers of available pods.")]
    public int ActualWeight { get; init; }
}

/// <summary>The Services, or the subsets, that lead to the pods.</summary>
public sealed record TrafficStatus
{
    [Description("The Service whose selector holds the stable revision: given back when the spec names it no longer. Absent with subsets.")]
    public string? StableService { get; init; }

    [Description("The Service whose selector holds the canary's revision, or stable's: that of the preview, with blue-green. Absent with subsets.")]
    public string? CanaryService { get; init; }

    [Description("The DestinationRule whose subsets hold the revisions in their labels: given back when the spec names them no longer. Absent with Services.")]
    public string? DestinationRule { get; init; }

    [Description("Its subset with the stable revision.")]
    public string? StableSubset { get; init; }

    [Description("Its subset with the canary's revision, or stable's.")]
    public string? CanarySubset { get; init; }

    [Description("Since when all of the traffic goes to the stable revision; absent while a canary has some, or a promotion is under way. The losing pods go scaleDownDelay later.")]
    public DateTimeOffset? AllStableSince { get; init; }

    [Description("Until when pods that lost their traffic in an earlier release stay, though the next one has begun. Absent otherwise.")]
    public DateTimeOffset? RetainedUntil { get; init; }
}

/// <summary>A replacement of pods without a release.</summary>
public sealed record RestartStatus
{
    [Description("The time that the spec named: older pods are replaced.")]
    public DateTimeOffset At { get; init; }

    [Description("When it began.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When the last of them was replaced; absent while it goes on.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Description("When the last new pod became available, or the last old one was deleted.")]
    public DateTimeOffset? ProgressAt { get; init; }

    [Description("How many new pods have become available.")]
    public int Renewed { get; init; }
}

/// <summary>The release that ended last.</summary>
public sealed record LastRelease
{
    [Description("Name of its Release.")]
    public string Name { get => field ?? ""; init; }

    [Description("Its revision. After a release that did not promote it, this revision is held until the spec changes.")]
    public string Revision { get => field ?? ""; init; }

    [Description("How it ended.")]
    public Outcome Outcome { get; init; }

    [Description("Whether its revision is held: not released again before the spec has named another one.")]
    public bool Held { get; init; }

    [Description("Why, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("Why, in a sentence.")]
    public string? Message { get; init; }

    [Description("When it ended.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Description("The Retry by which its revision, or the one that its subject names, is released again.")]
    public DecisionRecord? Retry { get; init; }
}
