using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Subsets of a DestinationRule: the revision is in their labels, beside those that a person put there. Behind both is the Service that is the rule's host.</summary>
internal sealed class SubsetSides : ITrafficSides
{
    public async Task<IReadOnlyList<ObservedSide>> ReadAsync(IClusterReader reader, string ns, IReadOnlyList<TrafficSide> sides, CancellationToken ct)
    {
        var observed = new List<ObservedSide>();
        foreach (var ofOne in sides.GroupBy(side => side.DestinationRule!))
        {
            var (rule, isServed) = await LiveRoute.ReadAsync<V1Beta1DestinationRule>(reader, new NamespacedName(ns, ofOne.Key), ct);
            var name = ServiceHost.ServiceOf(rule?.Spec?.Host, ns);
            var service = name is null ? null : await reader.GetLiveAsync<V1Service>(new NamespacedName(ns, name), ct);
            observed.AddRange(ofOne.Select(side => rule is null
                ? new ObservedSide { Side = side, ReadyPods = [], Problem = LiveRoute.ProblemOf(side.Written, ns, isServed) }
                : Seen(side, ns, rule, name, service?.Spec?.Selector) with { ServiceProblem = ProblemOf(side, ns, name, service) }));
        }

        return observed;
    }

    public Task ApplyAsync(IClusterWriter writer, string ns, TrafficSide side, TestedPatch patch, CancellationToken ct) =>
        TestedPatch.ApplyAsync<V1Beta1DestinationRule>(writer, new NamespacedName(ns, side.DestinationRule!), patch, ct);

    private static ObservedSide Seen(TrafficSide side, string ns, V1Beta1DestinationRule rule, string? service, IReadOnlyDictionary<string, string>? selector)
    {
        var (index, subset) = (rule.Spec?.Subsets ?? []).Index().FirstOrDefault(subset => subset.Item.Name == side.Name);
        var labels = subset?.Labels ?? new Dictionary<string, string>();
        return new ObservedSide
        {
            Side = side,
            ResourceVersion = rule.Metadata.ResourceVersion,
            Service = service,
            LabelsPath = $"/spec/subsets/{index}/labels",
            HasLabels = subset?.Labels is not null,
            Revision = labels.GetValueOrDefault(Labels.Revision),
            Selector = labels.Concat(selector ?? new Dictionary<string, string>()).Where(label => label.Key != Labels.Revision).DistinctBy(label => label.Key).ToDictionary(),
            ReadyPods = [],
            Problem = subset is null ? $"{side.Written} has no subset {side.Name}" : service is null ? $"{side.Written} is for the host {rule.Spec?.Host}, which is no Service of {ns}" : null,
        };
    }

    /// <summary>The Service that is the host has to lead to pods of either revision, or none would ever be behind one of the subsets.</summary>
    private static string? ProblemOf(TrafficSide side, string ns, string? name, V1Service? service) => (name, service?.Spec?.Selector) switch
    {
        (null, _) => null,
        _ when service is null => $"there is no Service {name} in {ns}, which {side.Written} is for",
        (_, null or { Count: 0 }) => $"Service {name}, which {side.Written} is for, has no selector",
        (_, { } selector) when selector.TryGetValue(Labels.Revision, out var revision) => $"Service {name}, which {side.Written} is for, selects revision {revision} alone: it has to select the pods of both",
        _ => null,
    };
}
