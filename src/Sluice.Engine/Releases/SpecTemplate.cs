using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>The pod template that a spec asks for: its own, or that of the Deployment that it names.</summary>
internal static class SpecTemplate
{
    /// <summary>
    /// Where the Deployment is gone, what was released of it last is all that can be asked for: pods that serve are still scaled and replaced. What a RollBack holds
    /// is held still. Null where nothing was released yet either.
    /// </summary>
    public static PodTemplate? Find(Snapshot snapshot)
    {
        if (snapshot.Rollout.Spec is { WorkloadRef: null } spec) return spec.Template ?? new PodTemplate();
        if (snapshot.Deployment is { } deployment) return deployment.Template;

        var status = snapshot.Rollout.Status;
        return Released(snapshot, status?.RolledBackTo?.HeldRevision) ?? Released(snapshot, status?.Release?.Revision ?? status?.Stable?.Revision);
    }

    private static PodTemplate? Released(Snapshot snapshot, string? revision) => snapshot.Releases.LastOrDefault(release => release.Spec.Revision == revision)?.Spec.Template;

    /// <summary>What is wrong with the way that the spec names its pods.</summary>
    public static IEnumerable<FieldError> Errors(Snapshot snapshot)
    {
        const string Field = "spec.workloadRef";
        if (snapshot.Rollout.Spec is not { WorkloadRef: { } reference } spec) yield break;

        if (spec.Template is not null) yield return new FieldError(Field, RolloutSpec.OneOf);
        if (reference.Name.Length == 0) yield return new FieldError($"{Field}.name", "required");
        else if (Find(snapshot) is null) yield return new FieldError($"{Field}.name", $"there is no Deployment {reference.Name} in {snapshot.Rollout.Metadata.Namespace}");
    }
}
