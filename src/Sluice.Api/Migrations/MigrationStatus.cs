using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What became of a migration.</summary>
public sealed record MigrationStatus
{
    [Description("Where it is, or how it ended.")]
    public MigrationState? State { get; init; }

    [Description("Why, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("What is happening, or how it ended, in a sentence.")]
    public string? Message { get; init; }

    [Description("Its lock.")]
    public LockStatus? Lock { get; init; }

    [Description("Number of the present or last attempt, from 1; 0 before the first.")]
    public int Attempt { get; init; }

    [Description("The attempts, oldest first.")]
    [MaxItems(16)]
    [ListType("map")]
    [ListMapKeys("number")]
    public IReadOnlyList<MigrationAttempt> Attempts { get => field ?? []; init; }

    [Description("When the first Job was created.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When the result was recorded.")]
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>A migration's lock, as seen from the migration.</summary>
public sealed record LockStatus
{
    [Description("Name of the Migration that holds the lock.")]
    public string? Holder { get; init; }

    [Description("Place in the queue: 0 holds the lock, 1 is next.")]
    public int? Position { get; init; }

    [Description("Holder and place, for people: held, or 1st after payments-expand-….")]
    public string? Summary { get; init; }

    [Description("Since when is waited.")]
    public DateTimeOffset? WaitingSince { get; init; }

    [Description("When the lock was taken.")]
    public DateTimeOffset? AcquiredAt { get; init; }

    [Description("When the lock was released.")]
    public DateTimeOffset? ReleasedAt { get; init; }
}

/// <summary>One attempt: the command and, if that succeeded, the verify command.</summary>
public sealed record MigrationAttempt
{
    [Description("Its number, from 1.")]
    [Required]
    public int Number { get; init; }

    [Description("The Job of the command.")]
    public JobRun? Run { get; init; }

    [Description("The Job of the verify command.")]
    public JobRun? Verify { get; init; }
}

/// <summary>One Job, kept after the Job itself is gone.</summary>
public sealed record JobRun
{
    [Description("Name of the Job.")]
    public string Job { get => field ?? ""; init; }

    [Description("UID of the Job, once it was seen: a Job that is gone after that is not created again.")]
    public string? Uid { get; init; }

    [Description("Earliest time of its start, after a failed attempt.")]
    public DateTimeOffset? NotBefore { get; init; }

    [Description("When it was created.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When it ended.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Description("Exit code of the command, where there is one.")]
    public int? ExitCode { get; init; }

    [Description("How it ended, in one CamelCase word.")]
    public string? Reason { get; init; }

    [Description("How it ended, in a sentence.")]
    public string? Message { get; init; }

    [Description("The end of its log: up to 4 KiB.")]
    public string? Log { get; init; }
}
