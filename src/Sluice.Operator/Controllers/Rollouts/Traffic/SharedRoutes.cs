using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>No two Rollouts may steer by the same route or Service: the one that came later is refused.</summary>
internal sealed class SharedRoutes(IClusterReader reader)
{
    /// <summary>What the Rollouts that came before say against this one's.</summary>
    public IReadOnlyList<FieldError> ErrorsOf(Rollout rollout)
    {
        if (TrafficRouters.Of(rollout.Spec.Strategy) is not var (_, names)) return [];

        var before = Others(rollout).Where(other => Order(other).CompareTo(Order(rollout)) < 0).ToList();
        return [.. Conflicts(names, before)];
    }

    /// <summary>The Rollouts that share anything with this one.</summary>
    public IEnumerable<NamespacedName> SharingWith(Rollout rollout) => TrafficRouters.Of(rollout.Spec.Strategy) is var (_, names)
        ? Others(rollout).Where(other => Conflicts(names, [other]).Any()).Select(other => NamespacedName.Of(other))
        : [];

    private IEnumerable<FieldError> Conflicts(RouteNames names, IReadOnlyList<Rollout> others)
    {
        foreach (var other in others)
        {
            if (TrafficRouters.Of(other.Spec.Strategy) is not var (_, theirs)) continue;

            if (theirs.Kind == names.Kind && theirs.Route == names.Route) yield return Taken(names.RouteField, $"{names}", other);
            if (theirs.StableService == names.StableService || theirs.CanaryService == names.StableService) yield return Taken("stableService", $"Service {names.StableService}", other);
            if (theirs.StableService == names.CanaryService || theirs.CanaryService == names.CanaryService) yield return Taken("canaryService", $"Service {names.CanaryService}", other);
        }

        FieldError Taken(string field, string what, Rollout by) => new($"{names.Field}.{field}", $"{what} is steered by Rollout {by.Metadata.Name} already");
    }

    private IEnumerable<Rollout> Others(Rollout rollout) =>
        reader.List<Rollout>(rollout.Metadata.Namespace ?? "", new Dictionary<string, string>()).Where(other => other.Metadata.Uid != rollout.Metadata.Uid);

    private static (DateTimeOffset, string) Order(Rollout rollout) => (rollout.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, rollout.Metadata.Name ?? "");
}
