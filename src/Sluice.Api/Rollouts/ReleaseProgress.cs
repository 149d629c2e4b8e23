using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>The release in flight.</summary>
public sealed record ReleaseProgress
{
    public const int MaxTimeline = 40;

    public const int MaxDecisions = 20;

    [Description("Name of its Release.")]
    public string Name { get => field ?? ""; init; }

    [Description("Its number, counted up within the Rollout.")]
    public int Number { get; init; }

    [Description("Its revision: 10 hexadecimal digits.")]
    public string Revision { get => field ?? ""; init; }

    [Description("Where it is.")]
    public Stage Stage { get; init; }

    [Description("When it came there.")]
    public DateTimeOffset? StageStartedAt { get; init; }

    [Description("When what this stage waits for must have happened. Absent where nothing limits it, and while a step has its own.")]
    public DateTimeOffset? StageDeadline { get; init; }

    [Description("The revision that was stable when the release began: the way back.")]
    public string? PreviousRevision { get; init; }

    [Description("The most pods that were available on the growing side while this stage or step waits for pods: each one more puts off the deadline.")]
    public int ProgressMark { get; init; }

    [Description("The present step.")]
    public StepStatus? Step { get; init; }

    [Description("When it started.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("Why the spec was changed: the Rollout's annotation kubernetes.io/change-cause.")]
    public string? Cause { get; init; }

    [Description("Who changed the spec, as the API server recorded it: the field manager.")]
    public string? ChangedBy { get; init; }

    [Description("What the measurements say in all. A Fail is never taken back.")]
    public Verdict? Verdict { get; init; }

    [Description("How the release will end, once it is rolling back.")]
    public Outcome? Outcome { get; init; }

    [Description("Why it is rolling back or waiting, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("Why it is rolling back or waiting, in a sentence.")]
    public string? Message { get; init; }

    [Description("Its migrations.")]
    public ReleaseMigrations? Migration { get; init; }

    [Description("The checks of the step that ran Jobs last. Those of the steps before it are in the Release.")]
    [MaxItems(ChecksStep.MaxJobs)]
    [ListType("map")]
    [ListMapKeys("step", "name")]
    public IReadOnlyList<CheckStatus> Checks { get => field ?? []; init; }

    [Description("What was measured, for each metric.")]
    [MaxItems(AnalysisSpec.MaxMetrics)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<MetricStatus> Analysis { get => field ?? []; init; }

    [Description("What people decided about it, oldest first: the last 20.")]
    [MaxItems(MaxDecisions)]
    [ListType("atomic")]
    public IReadOnlyList<DecisionRecord> Decisions { get => field ?? []; init; }

    [Description("What happened, oldest first: the last 40 entries. All of them go to the Release when it ends.")]
    [MaxItems(MaxTimeline)]
    [ListType("atomic")]
    public IReadOnlyList<TimelineEntry> Timeline { get => field ?? []; init; }
}

/// <summary>The present step.</summary>
public sealed record StepStatus
{
    [Description("Its index in the plan, from 0.")]
    public int Index { get; init; }

    [Description("How many steps there are.")]
    public int Of { get; init; }

    [Description("Counted from 1, for people: 4/7.")]
    public string? Summary { get; init; }

    [Description("Its kind.")]
    public StepKind? Kind { get; init; }

    [Description("Name of the gate that it waits at.")]
    public string? Gate { get; init; }

    [Description("When it began.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When it ends by itself or is given up. Absent for a pause without duration and for a gate. Checks whose Jobs have started have their own.")]
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>Migrations of a release.</summary>
public sealed record ReleaseMigrations
{
    [Description("The expand phase.")]
    public MigrationProgress? Expand { get; init; }

    [Description("The contract phase; while several are owed, the present one.")]
    public MigrationProgress? Contract { get; init; }

    [Description("The undo of the expand phase.")]
    public MigrationProgress? Undo { get; init; }
}

/// <summary>One migration, as its Migration record tells it.</summary>
public sealed record MigrationProgress
{
    [Description("Its state.")]
    public MigrationState? State { get; init; }

    [Description("Name of the Migration.")]
    public string? Migration { get; init; }

    [Description("Whether it is not to begin any more, because another revision is asked for; if it has begun, it is waited for.")]
    public bool Withdrawn { get; init; }

    [Description("Of a contract: the earliest time at which it may begin, which is the end of the soak, or of the scaleDownDelay where old pods stay for that. It waits for the last old pod and for its lock beyond it.")]
    public DateTimeOffset? EligibleAt { get; init; }

    [Description("Number of the present or last attempt, from 1.")]
    public int Attempt { get; init; }

    [Description("When it started.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When it finished.")]
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>One change of stage, step or verdict.</summary>
public sealed record TimelineEntry
{
    [Description("When it happened.")]
    public DateTimeOffset At { get; init; }

    [Description("Who: the operator, or a person's name.")]
    public string? Actor { get; init; }

    [Description("What was before.")]
    public string? From { get; init; }

    [Description("What came.")]
    public string? To { get; init; }

    [Description("Why, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("Why, in a sentence.")]
    public string? Message { get; init; }
}
