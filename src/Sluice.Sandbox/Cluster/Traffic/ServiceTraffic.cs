using System.Globalization;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Cluster.Nodes;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>What comes to a Service, as its annotation <c>sandbox.sluice.dev/requests-per-second</c> says: so much in all, whichever pods are behind it.</summary>
/// <param name="Namespace">Of the Service.</param>
/// <param name="Selector">Labels of the pods behind it.</param>
/// <param name="RequestsPerSecond">Spread evenly over those that are ready.</param>
internal sealed record ServiceTraffic(string Namespace, IReadOnlyDictionary<string, string> Selector, double RequestsPerSecond)
{
    public const string Annotation = PodBehaviour.Prefix + "requests-per-second";

    /// <summary>Null of a Service without the annotation, or without a selector.</summary>
    public static ServiceTraffic? Of(V1Service service) =>
        service is { Spec.Selector: { Count: > 0 } selector, Metadata.Annotations: { } annotations }
        && annotations.TryGetValue(Annotation, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
        && rate >= 0
            ? new ServiceTraffic(service.Metadata.Namespace ?? "", selector, rate)
            : null;

    /// <summary>Pods that these Services are for, whichever revision they select now, get what comes by them and nothing else.</summary>
    /// <param name="services">All of a namespace.</param>
    /// <param name="ready">The namespace's ready pods.</param>
    /// <param name="rates">Their requests per second; those of the Services' pods are replaced.</param>
    public static void Spread(IReadOnlyList<ServiceTraffic> services, IReadOnlyList<ServedPod> ready, double[] rates)
    {
        for (var index = 0; index < ready.Count; index++)
        {
            if (services.Any(service => service.IsFor(ready[index]))) rates[index] = 0;
        }

        foreach (var service in services)
        {
            List<int> behind = [.. Enumerable.Range(0, ready.Count).Where(index => ready[index].IsSelectedBy(service.Selector))];
            foreach (var index in behind) rates[index] += service.RequestsPerSecond / behind.Count;
        }
    }

    private bool IsFor(ServedPod pod) => pod.IsSelectedBy(Selector.Where(label => label.Key != Labels.Revision).ToDictionary());
}
