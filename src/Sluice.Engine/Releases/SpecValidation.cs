using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases;

/// <summary>Everything that can be said against a spec without asking the API server.</summary>
internal static class SpecValidation
{
    /// <summary>
    /// The plan of the spec, or what is wrong with it. Templates are other people's: one that is edited or deleted while a release follows its own copy of it
    /// must not hold that release, so the spec is then read with what the release has recorded.
    /// </summary>
    public static (ReleasePlan? Plan, IReadOnlyList<FieldError> Errors) Check(Snapshot snapshot, PlanSource source, Release? inFlight)
    {
        List<FieldError> unnamed = [.. SpecTemplate.Errors(snapshot)];
        if (unnamed.Count > 0) return (null, unnamed);

        var asAsked = Check(snapshot, source, snapshot.SpecSource);
        if (asAsked.Plan is not null || inFlight is null || source.Analysis.Spec?.Templates is not { Count: > 0 }) return asAsked;

        var asStarted = source with { Strategy = inFlight.Spec.Strategy, Analysis = ResolvedAnalysis.Recorded(inFlight.Spec.Analysis) };
        return Check(snapshot, asStarted, snapshot.ReleaseSource);
    }

    private static (ReleasePlan? Plan, IReadOnlyList<FieldError> Errors) Check(Snapshot snapshot, PlanSource source, MetricSourceCheck metrics)
    {
        var (plan, errors) = PlanReader.Read(source);
        if (plan is null) return (null, errors);

        List<FieldError> all = [.. metrics.Errors, .. snapshot.RouteErrors, .. snapshot.WorkloadErrors];
        if (source.RolloutName.Length > ObjectNames.MaxLength)
        {
            all.Add(new FieldError("metadata.name", $"at most {ObjectNames.MaxLength} characters: it is the value of a label on every pod"));
        }

        // A plan that runs is not judged again when an autoscaler changes replicas under it.
        if (snapshot.Rollout.Status?.Release is null) all.AddRange(AnalysesWithoutPods(plan, Math.Max(0, snapshot.Rollout.Spec.Replicas)));
        return all.Count == 0 ? (plan, []) : (null, all);
    }

    private static IEnumerable<FieldError> AnalysesWithoutPods(ReleasePlan plan, int replicas)
    {
        if (plan.Traffic?.Preview is not null) yield break;

        var (surge, _) = ReplicaBounds.Resolve(replicas, plan.MaxSurge, plan.MaxUnavailable);
        for (var index = 0; index < plan.Steps.Count; index++)
        {
            if (plan.Steps[index] is not PlanStep.Analysis) continue;

            var weight = plan.WeightAt(index);
            if (weight == 0)
            {
                yield return new FieldError($"spec.strategy.canary.steps[{index}].analysis", "the weight is 0 here: there would be no canary to measure");
            }
            else if (replicas > 0 && plan.Traffic is null && WeightedSplit.For(replicas, weight, surge).Canary == 0)
            {
                yield return new FieldError(
                    $"spec.strategy.canary.steps[{index}].analysis",
                    $"with replicas {replicas} and no surge a weight of {weight} means no canary pod to measure: raise maxSurge, replicas or the weight");
            }
        }
    }
}
