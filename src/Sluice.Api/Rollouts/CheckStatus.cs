using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What becomes of one check, kept after its Job is gone.</summary>
public sealed record CheckStatus
{
    [Description("Number of its step, from 1.")]
    [Required]
    public int Step { get; init; }

    [Description("Its name.")]
    [Required]
    public string Name { get => field ?? ""; init; }

    [Description("Where it is, or how it ended.")]
    public CheckState State { get; init; }

    [Description("Name of its Job.")]
    public string Job { get => field ?? ""; init; }

    [Description("UID of the Job, once it was seen: a Job that is gone after that is not created again.")]
    public string? Uid { get; init; }

    [Description("When its Job was seen first.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Description("When it ended.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Description("Exit code of the container that failed, or else of the first one.")]
    public int? ExitCode { get; init; }

    [Description("How it ended, in a sentence.")]
    public string? Message { get; init; }

    [Description("The end of its log: up to 3 KiB for all checks of a step together, and 16 KiB for those of a plan.")]
    public string? Log { get; init; }
}
