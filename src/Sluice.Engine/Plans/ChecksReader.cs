using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>Reads the checks of a step, or what is wrong with them.</summary>
internal static partial class ChecksReader
{
    public static string FieldOf(RolloutStrategy strategy, int step, int job) => $"{strategy.StepsField()}[{step}].checks.jobs[{job}]";

    /// <param name="step">The step.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="duration">Reads the duration of a field.</param>
    /// <param name="add">Takes a field and what is wrong with it.</param>
    public static PlanStep.Checks Read(ChecksStep step, string field, Func<string, string, TimeSpan> duration, Action<string, string> add)
    {
        if (step.Jobs.Count is 0 or > ChecksStep.MaxJobs) add($"{field}.jobs", $"1 to {ChecksStep.MaxJobs} Jobs, there are {step.Jobs.Count}");
        foreach (var twice in step.Jobs.OfType<CheckJob>().GroupBy(job => job.Name).Where(group => group.Count() > 1)) add($"{field}.jobs", $"the name '{twice.Key}' is used twice");

        var timeout = duration(step.Timeout, $"{field}.timeout");
        if (timeout < TimeSpan.FromSeconds(1)) add($"{field}.timeout", "must be at least 1s");
        return new PlanStep.Checks(
            Needed(step, $"{field}.join", add), step.FailFast, timeout, [.. step.Jobs.Select((job, index) => ReadJob(job, $"{field}.jobs[{index}]", add)).OfType<CheckPlan>()]);
    }

    /// <summary>What is said against the checks of a plan together; null when nothing is.</summary>
    public static FieldError? TooMany(IReadOnlyList<CanaryStep> steps, string field)
    {
        var all = steps.Sum(step => step?.Checks?.Jobs.Count ?? 0);
        return all > ChecksStep.MaxJobsOfPlan ? new FieldError(field, $"{all} checks are too many: a plan has at most {ChecksStep.MaxJobsOfPlan}") : null;
    }

    private static int Needed(ChecksStep step, string field, Action<string, string> add)
    {
        var needed = step.Join switch
        {
            { Text: ChecksStep.All } => step.Jobs.Count,
            { Text: ChecksStep.Any } => 1,
            { Text: null, Number: { } number } => number,
            _ => 0,
        };
        if (needed < 1 && step.Jobs.Count > 0) add(field, $"'{step.Join}' is neither {ChecksStep.All} nor {ChecksStep.Any} nor a number from 1 on");
        else if (needed > step.Jobs.Count) add(field, $"{needed} checks can never succeed: there are {step.Jobs.Count}");
        return needed;
    }

    private static CheckPlan? ReadJob(CheckJob? job, string field, Action<string, string> add)
    {
        if (job is null)
        {
            // JSON has nulls where the type has none.
            add(field, "required");
            return null;
        }

        if (job.Name.Length > CheckJob.MaxName || !NamePattern().IsMatch(job.Name))
        {
            add($"{field}.name", $"'{job.Name}' is not a name of at most {CheckJob.MaxName} lower case letters, digits and hyphens, which begins and ends with a letter or digit");
        }

        TemplateCheck.Check(job.Template, $"{field}.template", add);
        if (job.Template.Spec is { ValueKind: JsonValueKind.Object } spec && spec.TryGetProperty("restartPolicy", out var policy) && !(policy.ValueKind == JsonValueKind.String && policy.ValueEquals("Never")))
        {
            add($"{field}.template.spec.restartPolicy", "a check runs once: leave it out, or say Never");
        }

        return new CheckPlan(job.Name, job.Template, job.LogTail);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex NamePattern();
}
