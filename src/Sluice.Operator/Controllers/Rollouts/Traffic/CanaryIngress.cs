using System.Globalization;
using System.Text.Json;
using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// The Ingress by which ingress-nginx sends a share to the canary's Service: the hosts and paths of another one, as far as they lead to the stable Service, with the canary's behind them.
/// Everything that ingress-nginx takes from the other one, its certificates among it, is left out; what it asks of the canary's own is carried over.
/// </summary>
/// <remarks>https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary</remarks>
internal static class CanaryIngress
{
    private const string Nginx = "nginx.ingress.kubernetes.io/";
    private const string Canary = $"{Nginx}canary";
    private const string CanaryWeight = $"{Nginx}canary-weight";
    private const string IngressClass = "kubernetes.io/ingress.class";

    /// <summary>Beginnings of the annotations that are not taken from the other Ingress: how the pods behind a backend are chosen.</summary>
    private static readonly string[] OfItsOwn = [$"{Nginx}load-balance", $"{Nginx}upstream-hash-by", $"{Nginx}affinity", $"{Nginx}session-cookie-", IngressClass];

    /// <summary>Its share in percent; 0 where ingress-nginx would send it none.</summary>
    public static int WeightOf(V1Ingress canary) =>
        IsCanary(canary) && int.TryParse(canary.Metadata.Annotation(CanaryWeight), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) ? Math.Min(100, weight) : 0;

    public static bool IsCanary(V1Ingress ingress) => ingress.Metadata.Annotation(Canary) == "true";

    /// <summary>The canary's part of an Ingress; null where nothing of it leads to the stable Service.</summary>
    public static V1IngressSpec? SpecFor(V1Ingress stable, RouteNames names)
    {
        var rules = (stable.Spec?.Rules ?? []).Select(rule => (Rule: rule, Paths: PathsFor(rule, names))).Where(found => found.Paths.Count > 0).ToList();
        var fallback = IsFor(stable.Spec?.DefaultBackend, names.Stable.Name) ? ToCanary(stable.Spec!.DefaultBackend!, names) : null;
        if (rules.Count == 0 && fallback is null) return null;

        return new V1IngressSpec
        {
            IngressClassName = stable.Spec!.IngressClassName,
            DefaultBackend = fallback,
            Rules = rules.Count == 0 ? null : [.. rules.Select(found => found.Rule with { Http = found.Rule.Http! with { Paths = found.Paths } })],
        };
    }

    /// <summary>How it shall be.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="existing">What is there by that name; what others have added to it stays. Null where there is none.</param>
    /// <param name="stable">The Ingress that it is made after; null where that cannot be used, so that only the weight can be changed.</param>
    /// <param name="rollout">Whose it is.</param>
    /// <param name="names">The Services.</param>
    /// <param name="weight">Percent.</param>
    public static V1Ingress Of(string name, V1Ingress? existing, V1Ingress? stable, Rollout rollout, RouteNames names, int weight)
    {
        var source = stable ?? existing;
        var annotations = (existing?.Metadata.Annotations ?? new Dictionary<string, string>()).Where(annotation => !IsNginx(annotation.Key))
            .Concat((source?.Metadata.Annotations ?? new Dictionary<string, string>()).Where(annotation => OfItsOwn.Any(own => annotation.Key.StartsWith(own, StringComparison.Ordinal))))
            .Append(new(Canary, "true"))
            .Append(new(CanaryWeight, weight.ToString(CultureInfo.InvariantCulture)));
        var labels = new Dictionary<string, string>(existing?.Metadata.Labels ?? new Dictionary<string, string>()) { [Labels.Rollout] = rollout.Metadata.Name ?? "" };
        return new V1Ingress
        {
            Metadata = (existing?.Metadata ?? new V1ObjectMeta { Name = name, Namespace = rollout.Metadata.Namespace }) with
            {
                Labels = labels,
                Annotations = annotations.ToDictionary(),
                OwnerReferences = [.. (existing?.Metadata.OwnerReferences ?? []).Where(owner => owner.Uid != rollout.Metadata.Uid), OwnedObjects.ControllerOf(rollout)],
            },
            Spec = stable is null ? existing?.Spec : SpecFor(stable, names),
            ExtensionData = existing?.ExtensionData,
        };
    }

    /// <summary>Whether ingress-nginx reads the same out of both, and both belong to the same Rollout.</summary>
    public static bool AreAlike(V1Ingress left, V1Ingress right) =>
        JsonElement.DeepEquals(Text(left.Spec), Text(right.Spec))
        && left.Metadata.ControllerOwner()?.Uid == right.Metadata.ControllerOwner()?.Uid
        && Read(left).SequenceEqual(Read(right));

    private static IReadOnlyList<V1HTTPIngressPath> PathsFor(V1IngressRule rule, RouteNames names) =>
        [.. (rule.Http?.Paths ?? []).Where(path => IsFor(path.Backend, names.Stable.Name)).Select(path => path with { Backend = ToCanary(path.Backend!, names) })];

    private static bool IsFor(V1IngressBackend? backend, string service) => backend?.Service?.Name == service;

    private static V1IngressBackend ToCanary(V1IngressBackend backend, RouteNames names) => backend with { Service = backend.Service! with { Name = names.Canary.Name } };

    private static JsonElement Text(V1IngressSpec? spec) => JsonSerializer.SerializeToElement(spec ?? new V1IngressSpec(), ModelsJsonContext.Default.V1IngressSpec);

    private static IEnumerable<KeyValuePair<string, string>> Read(V1Ingress ingress) =>
        (ingress.Metadata.Annotations ?? new Dictionary<string, string>()).Where(annotation => IsNginx(annotation.Key)).OrderBy(annotation => annotation.Key, StringComparer.Ordinal);

    private static bool IsNginx(string annotation) => annotation == IngressClass || annotation.StartsWith(Nginx, StringComparison.Ordinal);
}
