using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>One attempt to release a revision: the plan as it was at the start and, at its end, the whole story. Written by the operator.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "Release", PluralName = "releases")]
[Description("One attempt to release a revision of a Rollout: the plan as it was at the start and, when it has ended, the whole story. "
    + "Written by the operator; the spec never changes.")]
[ResourceNames(Categories = "sluice")]
[SelectableField(".spec.rollout")]
[PrinterColumn("Revision", "string", ".spec.revision", "The revision released.")]
[PrinterColumn("Outcome", "string", ".status.outcome", "How it ended; empty while it is in flight.")]
[PrinterColumn("Started", "date", ".metadata.creationTimestamp", "When it started.")]
[PrinterColumn("Duration", "string", ".status.duration", "How long it took.")]
[PrinterColumn("Reason", "string", ".status.reason", "Why it ended so.")]
public sealed record Release : IKubernetesObject<Release>
{
    public const string KindName = "Release";

    public string? ApiVersion { get => field ?? ApiGroup.ApiVersion; init; }

    public string? Kind { get => field ?? KindName; init; }

    public V1ObjectMeta Metadata { get => field ?? new(); init; }

    [Description("The plan as it was at the start: the release in flight follows it, whatever becomes of the Rollout's spec.")]
    [Required]
    [CelRule("self == oldSelf", "a Release's spec never changes")]
    public ReleaseSpec Spec { get => field ?? new(); init; }

    [Description("What happened. Written when the release has ended.")]
    public ReleaseStatus? Status { get; init; }

    public Release WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

/// <summary>What was to be released, and how.</summary>
public sealed record ReleaseSpec
{
    [Description("Name of the Rollout.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Rollout { get => field ?? ""; init; }

    [Description("Its number, counted up within the Rollout.")]
    [Required]
    [Minimum(1)]
    public int Number { get; init; }

    [Description("The revision: 10 hexadecimal digits.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    public string Revision { get => field ?? ""; init; }

    [Description("The pods of the revision.")]
    [Required]
    public PodTemplate Template { get => field ?? new(); init; }

    [Description("How the revision was to replace the old one.")]
    [Required]
    public RolloutStrategy Strategy { get => field ?? new(); init; }

    [Description("What was to be measured.")]
    public AnalysisSpec? Analysis { get; init; }

    [Description("What was to happen after promotion.")]
    public SoakSpec? Soak { get; init; }

    [Description("The migration of the revision.")]
    public RolloutMigration? Migration { get; init; }
}

/// <summary>The story of a release that has ended.</summary>
public sealed record ReleaseStatus
{
    [Description("How it ended.")]
    public Outcome? Outcome { get; init; }

    [Description("Why, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("Why, in a sentence.")]
    public string? Message { get; init; }

    [Description("When it started.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When it ended.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Description("How long it took, as a Go duration.")]
    public string? Duration { get; init; }

    [Description("Why the spec was changed.")]
    public string? Cause { get; init; }

    [Description("Who changed the spec, as the API server recorded it.")]
    public string? ChangedBy { get; init; }

    [Description("What the measurements said in all.")]
    public Verdict? Verdict { get; init; }

    [Description("Results of its migrations.")]
    public ReleaseMigrations? Migration { get; init; }

    [Description("What its checks said, of every step that ran Jobs.")]
    [MaxItems(ChecksStep.MaxJobsOfPlan)]
    [ListType("map")]
    [ListMapKeys("step", "name")]
    public IReadOnlyList<CheckStatus> Checks { get => field ?? []; init; }

    [Description("What was measured, for each metric, with every finished segment.")]
    [MaxItems(AnalysisSpec.MaxMetrics)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<MetricStatus> Analysis { get => field ?? []; init; }

    [Description("What people decided about it, oldest first.")]
    [MaxItems(ReleaseProgress.MaxDecisions)]
    [ListType("atomic")]
    public IReadOnlyList<DecisionRecord> Decisions { get => field ?? []; init; }

    [Description("What happened, oldest first.")]
    [MaxItems(1000)]
    [ListType("atomic")]
    public IReadOnlyList<TimelineEntry> Timeline { get => field ?? []; init; }
}
