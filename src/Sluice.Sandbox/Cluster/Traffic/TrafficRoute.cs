using System.Globalization;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>A route that splits its traffic over Services by weight.</summary>
/// <param name="Namespace">Of the route and of the Services.</param>
/// <param name="Backends">The Services' selectors and weights.</param>
internal sealed record TrafficRoute(string Namespace, IReadOnlyList<TrafficRoute.Backend> Backends)
{
    private const string Nginx = "nginx.ingress.kubernetes.io/";

    /// <param name="Selector">Labels of the pods behind the Service; one that is empty or null selects none.</param>
    /// <param name="Weight">Its share among all weights of the route.</param>
    internal sealed record Backend(IReadOnlyDictionary<string, string>? Selector, int Weight);

    /// <summary>
    /// The same requests as before, spread by weight: what comes is what the pods behind the strongest of the Services would be sent by themselves, since the others
    /// take over a share of just that. A Service without ready pods loses its share, as a proxy without endpoints does.
    /// </summary>
    /// <param name="ready">The namespace's ready pods.</param>
    /// <param name="rates">Their requests per second without this route; those of the route's pods are replaced.</param>
    public void Spread(IReadOnlyList<ServedPod> ready, double[] rates)
    {
        List<List<int>> behind = [.. Backends.Select(backend => Enumerable.Range(0, ready.Count).Where(index => ready[index].IsSelectedBy(backend.Selector)).ToList())];
        var alone = behind.Select(pods => pods.Sum(index => rates[index])).ToList();
        var (demand, weights) = (alone.DefaultIfEmpty(0).Max(), Backends.Sum(backend => (double)backend.Weight));
        var own = (double[])rates.Clone();
        foreach (var index in behind.SelectMany(pods => pods).Distinct()) rates[index] = 0;
        for (var service = 0; service < behind.Count && demand > 0 && weights > 0; service++)
        {
            foreach (var index in behind[service]) rates[index] += demand * Backends[service].Weight / weights * own[index] / alone[service];
        }
    }

    /// <summary>The first rule with several Services is the one that is simulated; null where a route has none.</summary>
    public static TrafficRoute? Of(V1HTTPRoute route, Func<string, V1Service?> serviceNamed)
    {
        var rule = (route.Spec?.Rules ?? []).FirstOrDefault(rule => rule.BackendRefs is { Count: > 1 });
        return rule is null
            ? null
            : new TrafficRoute(route.Metadata.Namespace ?? "", [.. rule.BackendRefs!.Select(backend => new Backend(serviceNamed(backend.Name ?? "")?.Spec?.Selector, Math.Max(0, backend.Weight ?? 1)))]);
    }

    /// <summary>The same of a VirtualService; a host is a Service's name, with its namespace and domain or without. A subset means those of the Service's pods that have its labels too.</summary>
    /// <param name="service">The VirtualService.</param>
    /// <param name="rules">All that say what a subset is.</param>
    /// <param name="serviceNamed">A Service of its namespace.</param>
    public static TrafficRoute? Of(V1Beta1VirtualService service, IReadOnlyList<V1Beta1DestinationRule> rules, Func<string, V1Service?> serviceNamed)
    {
        if (SplitOf(service) is not { } route) return null;

        return new TrafficRoute(service.Metadata.Namespace ?? "", [.. route.Route!.Select(to => new Backend(PodsOf(to.Destination), Math.Max(0, to.Weight ?? 0)))]);

        IReadOnlyDictionary<string, string>? PodsOf(V1Beta1Destination? to)
        {
            var selector = serviceNamed(HostOf(to?.Host))?.Spec?.Selector;
            if (to?.Subset is not { } name || selector is null) return selector;

            var subset = rules.Where(rule => rule.Metadata.Namespace == service.Metadata.Namespace && HostOf(rule.Spec?.Host) == HostOf(to.Host))
                .SelectMany(rule => rule.Spec?.Subsets ?? []).FirstOrDefault(subset => subset.Name == name);
            return subset is null ? null : Both(selector, subset.Labels ?? new Dictionary<string, string>());
        }
    }

    /// <summary>Whether it can be told where its traffic goes only by those that say what a subset is.</summary>
    public static bool HasSubsets(V1Beta1VirtualService service) => SplitOf(service)?.Route!.Any(to => to.Destination?.Subset is not null) == true;

    /// <summary>
    /// The same of an Ingress that ingress-nginx takes for a canary, and of the one that has its first path without being one; null where it is none, and where nobody has that path, for then
    /// it gets nothing.
    /// </summary>
    public static TrafficRoute? Of(V1Ingress canary, IReadOnlyList<V1Ingress> all, Func<string, V1Service?> serviceNamed)
    {
        if (!IsCanary(canary) || Paths(canary).FirstOrDefault() is not { Host: not null } path) return null;
        if (!int.TryParse(canary.Metadata.Annotation($"{Nginx}canary-weight"), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)) return null;

        var stable = all.Where(other => !IsCanary(other) && other.Metadata.Namespace == canary.Metadata.Namespace && other.Spec?.IngressClassName == canary.Spec?.IngressClassName)
            .SelectMany(Paths).FirstOrDefault(other => (other.Host, other.Path.Path, other.Path.PathType) == (path.Host, path.Path.Path, path.Path.PathType));
        return stable.Host is null ? null : new TrafficRoute(canary.Metadata.Namespace ?? "", [To(stable.Path, 100 - weight), To(path.Path, weight)]);

        Backend To(V1HTTPIngressPath of, int share) => new(serviceNamed(of.Backend?.Service?.Name ?? "")?.Spec?.Selector, Math.Clamp(share, 0, 100));
    }

    private static V1Beta1HTTPRoute? SplitOf(V1Beta1VirtualService service) => (service.Spec?.Http ?? []).FirstOrDefault(route => route.Route is { Count: > 1 });

    /// <summary>What selects the pods that both select; null where none can be.</summary>
    private static Dictionary<string, string>? Both(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        labels.Any(label => selector.TryGetValue(label.Key, out var other) && other != label.Value) ? null : selector.Concat(labels).DistinctBy(label => label.Key).ToDictionary();

    private static string HostOf(string? host) => (host ?? "").Split('.')[0];

    private static bool IsCanary(V1Ingress ingress) => ingress.Metadata.Annotation($"{Nginx}canary") == "true";

    private static IEnumerable<(string? Host, V1HTTPIngressPath Path)> Paths(V1Ingress ingress) =>
        from rule in ingress.Spec?.Rules ?? [] from path in rule.Http?.Paths ?? [] select ((string?)(rule.Host ?? ""), path);
}
