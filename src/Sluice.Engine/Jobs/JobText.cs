namespace Sluice.Engine.Jobs;

/// <summary>What became of a Job, in words.</summary>
internal static class JobText
{
    /// <summary>The reason of a Job's Failed condition that ran for longer than its activeDeadlineSeconds.</summary>
    public const string DeadlineExceeded = "DeadlineExceeded";

    /// <summary>Why a Job failed.</summary>
    /// <param name="job">One that has failed.</param>
    /// <param name="what">What it ran, such as "the command".</param>
    public static string Describe(ObservedJob job, string what)
    {
        var pod = job.PodReason is null ? "" : $" ({Complaint(job)})";
        return (job.FailureReason == DeadlineExceeded, job.WasDisrupted, job.ExitCode) switch
        {
            (true, _, _) => $"{what} did not end within its timeout{pod}",
            (_, true, _) => $"the pod of {what} was taken away before its end{pod}",
            (_, _, { } code) => $"{what} exited with code {code}{pod}",
            _ => $"{what} failed: {job.FailureReason ?? "no reason given"}{pod}",
        };
    }

    /// <summary>What its pod says, such as why it waits; null when it says nothing.</summary>
    public static string? Complaint(ObservedJob job) => job.PodReason is null ? null : job.PodMessage is null ? job.PodReason : $"{job.PodReason}: {job.PodMessage}";
}
