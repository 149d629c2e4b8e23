using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>
/// What a Rollout is asked to be. Defaults that are numbers are defaults of the constructor's parameters, all others are answered by
/// the property: a deserialiser that sees no such field must arrive at the same value as the API server (its source generator
/// overwrites the initialisers of init-only properties).
/// </summary>
[CelRule(
    "has(self.analysis) || ((!has(self.strategy.canary) || !has(self.strategy.canary.steps) || self.strategy.canary.steps.all(s, !has(s.analysis)))"
    + " && (!has(self.strategy.blueGreen) || !has(self.strategy.blueGreen.prePromotion) || self.strategy.blueGreen.prePromotion.all(s, !has(s.analysis))))",
    "an analysis step needs at least one metric in spec.analysis.metrics")]
[CelRule("[has(self.template), has(self.workloadRef)].exists_one(isSet, isSet)", RolloutSpec.OneOf)]
public sealed record RolloutSpec(
    [property: Description("How many pods serve. Written by Git or, through the scale subresource, by an autoscaler; not by both.")]
    [property: Minimum(0)]
    [property: Maximum(RolloutSpec.MaxReplicas)]
    [property: Default(1)]
    int Replicas = 1,
    [property: Description("Seconds for which a pod must be ready, with no container crashing, before it counts as available.")]
    [property: Minimum(0)]
    [property: Maximum(86400)]
    [property: Default(0)]
    int MinReadySeconds = 0,
    [property: Description("Seconds within which pods must become available, at every stage that waits for pods. What happens then: onProgressDeadline.")]
    [property: Minimum(1)]
    [property: Maximum(86400)]
    [property: Default(600)]
    int ProgressDeadlineSeconds = 600,
    [property: Description("Old ReplicaSets that are kept, for a fast way back.")]
    [property: Minimum(0)]
    [property: Maximum(100)]
    [property: Default(10)]
    int RevisionHistoryLimit = 10,
    [property: Description("Release records that are kept.")]
    [property: Minimum(1)]
    [property: Maximum(1000)]
    [property: Default(100)]
    int ReleaseHistoryLimit = 100,
    [property: Description("A revision among so many that were stable last comes back without steps; its migration still runs where it must. 0 for none.")]
    [property: Minimum(0)]
    [property: Maximum(100)]
    [property: Default(0)]
    int RollbackWindow = 0)
{
    public const string OneOf = "the pods are said by exactly one of template and workloadRef";

    /// <summary>Far beyond what a cluster runs, and small enough that no arithmetic on it leaves 32 bits.</summary>
    public const int MaxReplicas = 1_000_000;

    [Description("The pods to run. A change of it is a new revision, and starts a release. Without it, workloadRef says where it is taken from.")]
    public PodTemplate? Template { get; init; }

    [Description("A Deployment whose pod template is released instead, and whose pods are taken over.")]
    public WorkloadReference? WorkloadRef { get; init; }

    [Description("What happens when pods are not available within progressDeadlineSeconds: RollBack, or Pause to wait for a person, who makes a Decision: Continue waits as long again, Abort rolls back.")]
    [Default("RollBack")]
    public ProgressDeadlinePolicy OnProgressDeadline { get; init; }

    [Description("While true no release starts and no step advances, as after a Decision with the action Pause. A failing analysis still rolls back, and running migrations finish.")]
    [Default(false)]
    public bool Paused { get; init; }

    [Description("Pods of the stable revision that were created before this time are replaced, within maxSurge and maxUnavailable, without a release. A time to come is waited for, and so is the end of a release or a pause.")]
    public DateTimeOffset? RestartAt { get; init; }

    [Description("How a new revision replaces the old one.")]
    [Required]
    public RolloutStrategy Strategy { get => field ?? new(); init; }

    [Description("What is measured during a release. It goes on in the background from the first canary traffic to the end of the soak.")]
    public AnalysisSpec? Analysis { get; init; }

    [Description("What happens after promotion.")]
    [DefaultEmpty]
    public SoakSpec Soak { get => field ?? new(); init; }

    [Description("Database migration that belongs to a revision.")]
    public RolloutMigration? Migration { get; init; }
}

/// <summary>The new revision takes over in steps.</summary>
public sealed record CanaryStrategy
{
    public const int MaxSteps = 50;

    [Description("Pods that may exist beyond replicas during a release: a count, or a percentage of replicas, rounded up.")]
    [Minimum(0)]
    [Maximum(RolloutSpec.MaxReplicas)]
    [Pattern(Patterns.PodPercentage)]
    [Default("25%")]
    public IntOrString MaxSurge { get => field == default ? "25%" : field; init; }

    [Description("Pods that may be missing from replicas during a release: a count, or a percentage of replicas, rounded down. "
        + "If this and maxSurge both come to 0, 1 is meant.")]
    [Minimum(0)]
    [Maximum(RolloutSpec.MaxReplicas)]
    [Pattern(Patterns.PodPercentage)]
    [Default(0)]
    public IntOrString MaxUnavailable { get => field == default ? 0 : field; init; }

    [Description("The router that carries the weight. Without one the numbers of pods do; with one the stable revision keeps all its pods until the canary is promoted.")]
    public CanaryTraffic? Traffic { get; init; }

    [Description("With a router: how long pods stay when no traffic is sent to them any more, of the old revision after a promotion and of the canary after a rollback. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("30s")]
    public string ScaleDownDelay { get => field ?? "30s"; init; }

    [Description("The steps, taken one at a time. After the last one the revision is promoted. Without steps it is promoted once its pods are available.")]
    [MaxItems(MaxSteps)]
    [ListType("atomic")]
    public IReadOnlyList<CanaryStep> Steps { get => field ?? []; init; }
}

/// <summary>One step: exactly one of its members is set.</summary>
[CelRule(
    "[has(self.setWeight), has(self.pause), has(self.analysis), has(self.checks), has(self.gate)].exists_one(isSet, isSet)",
    CanaryStep.OneOf)]
public sealed record CanaryStep
{
    public const string OneOf = "a step is exactly one of setWeight, pause, analysis, checks and gate";

    [Description("Percentage of the traffic that the canary gets. Without a router it is approached by the numbers of pods.")]
    [Minimum(0)]
    [Maximum(100)]
    public int? SetWeight { get; init; }

    [Description("Waits: for a time, or until a person makes a Decision with the action Continue.")]
    public PauseStep? Pause { get; init; }

    [Description("Waits until every metric passes. A failing metric rolls the release back.")]
    public AnalysisStep? Analysis { get; init; }

    [Description("Runs Jobs, and waits until as many as the join asks for have succeeded. Where too few can, the release is rolled back.")]
    public ChecksStep? Checks { get; init; }

    [Description("Waits for a Decision with the action Approve; one with Reject rolls the release back.")]
    public GateStep? Gate { get; init; }

    /// <summary>Which kind it is; null unless exactly one member is set.</summary>
    public StepKind? Kind() => (SetWeight, Pause, Analysis, Checks, Gate) switch
    {
        (not null, null, null, null, null) => StepKind.SetWeight,
        (null, not null, null, null, null) => StepKind.Pause,
        (null, null, not null, null, null) => StepKind.Analysis,
        (null, null, null, not null, null) => StepKind.Checks,
        (null, null, null, null, not null) => StepKind.Gate,
        _ => null,
    };
}

/// <summary>Waits for a time or for a person.</summary>
public sealed record PauseStep
{
    [Description("How long, as a Go duration (90s, 5m, 1h30m). Without it the step waits for a person.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    public string? Duration { get; init; }
}

/// <summary>Waits for a verdict of every metric.</summary>
public sealed record AnalysisStep
{
    [Description("The step takes at least this long, even when every metric passes earlier. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("0s")]
    public string MinDuration { get => field ?? "0s"; init; }

    [Description("When this has passed without a verdict, the metric's onInconclusive decides. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("1h")]
    public string MaxDuration { get => field ?? "1h"; init; }

    [Description("Names of the metrics that must pass here; all of spec.analysis.metrics if empty. The others are still watched.")]
    [MaxItems(AnalysisSpec.MaxMetrics)]
    [MaxLength(63)]
    [ListType("set")]
    public IReadOnlyList<string> Metrics { get => field ?? []; init; }
}

/// <summary>Waits for a person's approval.</summary>
public sealed record GateStep
{
    [Description("Its name, by which it is answered: unique among the gates of the plan.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string Name { get => field ?? ""; init; }
}

/// <summary>What happens after promotion.</summary>
public sealed record SoakSpec
{
    [Description("How long the promoted revision is still watched. A failing metric within it rolls back. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("0s")]
    public string Duration { get => field ?? "0s"; init; }
}
