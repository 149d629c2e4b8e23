using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Services: the revision is in their selectors.</summary>
internal sealed class ServiceSides : ITrafficSides
{
    public async Task<IReadOnlyList<ObservedSide>> ReadAsync(IClusterReader reader, string ns, IReadOnlyList<TrafficSide> sides, CancellationToken ct)
    {
        var observed = new List<ObservedSide>();
        foreach (var side in sides) observed.Add(Seen(side, ns, await reader.GetLiveAsync<V1Service>(new NamespacedName(ns, side.Name), ct)));
        return observed;
    }

    public Task ApplyAsync(IClusterWriter writer, string ns, TrafficSide side, TestedPatch patch, CancellationToken ct) =>
        TestedPatch.ApplyAsync<V1Service>(writer, new NamespacedName(ns, side.Name), patch, ct);

    private static ObservedSide Seen(TrafficSide side, string ns, V1Service? service)
    {
        if (service is null) return new ObservedSide { Side = side, Service = side.Name, ReadyPods = [], Problem = $"there is no {side} in {ns}" };

        return new ObservedSide
        {
            Side = side,
            ResourceVersion = service.Metadata.ResourceVersion,
            Service = side.Name,
            LabelsPath = "/spec/selector",
            Revision = service.Spec?.Selector?.GetValueOrDefault(Labels.Revision),
            Selector = (service.Spec?.Selector ?? new Dictionary<string, string>()).Where(label => label.Key != Labels.Revision).ToDictionary(),
            ReadyPods = [],
            Problem = service.Spec?.Selector is { Count: > 0 } ? null : $"{side} has no selector to which a revision could be added",
        };
    }
}
