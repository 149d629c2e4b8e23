using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>The part of a Rollout's spec, or of a Release's snapshot of it, that makes a plan.</summary>
public sealed record PlanSource
{
    public required string RolloutName { get; init; }

    public required PodTemplate Template { get; init; }

    /// <summary>Where the template stands, for what is said against it.</summary>
    public string TemplateField { get; init; } = "spec.template";

    public required RolloutStrategy Strategy { get; init; }

    public required ResolvedAnalysis Analysis { get; init; }

    public required SoakSpec Soak { get; init; }

    public required RolloutMigration? Migration { get; init; }

    public required int MinReadySeconds { get; init; }

    public required int ProgressDeadlineSeconds { get; init; }

    public required ProgressDeadlinePolicy OnProgressDeadline { get; init; }

    /// <summary>Where the raw JSON in it nests too deep to be walked.</summary>
    public IEnumerable<string> FieldsTooDeep()
    {
        if (Template.Spec is { } spec && JsonDepth.IsExceededBy(spec)) yield return $"{TemplateField}.spec";
        foreach (var (step, index) in Strategy.WrittenSteps().Select((step, index) => (step?.Checks, index)))
        {
            foreach (var (job, template) in (step?.Jobs ?? []).Select(job => job?.Template).Index())
            {
                if (template?.Spec is { } pod && JsonDepth.IsExceededBy(pod)) yield return $"{ChecksReader.FieldOf(Strategy, index, job)}.template.spec";
            }
        }

        foreach (var (index, variable) in (Migration?.Env ?? []).Index())
        {
            if (variable?.ValueFrom is { } from && JsonDepth.IsExceededBy(from)) yield return $"spec.migration.env[{index}].valueFrom";
        }
    }

    /// <summary>That of a spec whose AnalysisTemplates are not at hand, or not needed.</summary>
    public static PlanSource Of(Rollout rollout) => Of(rollout, ResolvedAnalysis.Of(rollout.Spec.Analysis, []));

    /// <summary>Where the pods are said by a workloadRef, the template is the Deployment's, and still to be set.</summary>
    public static PlanSource Of(Rollout rollout, ResolvedAnalysis analysis) => new()
    {
        RolloutName = rollout.Metadata.Name ?? "",
        Template = rollout.Spec.Template ?? new PodTemplate(),
        TemplateField = rollout.Spec is { Template: null, WorkloadRef: { } reference } ? $"Deployment {reference.Name}: spec.template" : "spec.template",
        Strategy = rollout.Spec.Strategy,
        Analysis = analysis,
        Soak = rollout.Spec.Soak,
        Migration = rollout.Spec.Migration,
        MinReadySeconds = rollout.Spec.MinReadySeconds,
        ProgressDeadlineSeconds = rollout.Spec.ProgressDeadlineSeconds,
        OnProgressDeadline = rollout.Spec.OnProgressDeadline,
    };

    /// <summary>The plan as a Release recorded it; what is no part of the plan is the Rollout's present one.</summary>
    public static PlanSource Of(Release release, Rollout rollout) => Of(rollout) with
    {
        Template = release.Spec.Template,
        Strategy = release.Spec.Strategy,
        Analysis = ResolvedAnalysis.Recorded(release.Spec.Analysis),
        Soak = release.Spec.Soak ?? new SoakSpec(),
        Migration = release.Spec.Migration,
    };
}
