namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// What Istio calls a host, as far as it is a Service of one namespace: by the Service's name, which is looked for in the namespace of the object that names it, or by its name in DNS, with the
/// cluster's domain or without.
/// </summary>
internal static class ServiceHost
{
    public static bool Is(string? host, string service, string ns) =>
        host is not null && (host == service || host == $"{service}.{ns}" || host == $"{service}.{ns}.svc" || host.StartsWith($"{service}.{ns}.svc.", StringComparison.Ordinal));

    /// <summary>The Service's name; null where the host is no Service of the namespace.</summary>
    public static string? ServiceOf(string? host, string ns) => host?.Split('.')[0] is { Length: > 0 } service && Is(host, service, ns) ? service : null;
}
