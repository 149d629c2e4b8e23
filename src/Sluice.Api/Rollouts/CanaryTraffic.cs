using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>A router splits the traffic, instead of the numbers of pods: exactly one of its members is set.</summary>
[CelRule("[has(self.gatewayAPI), has(self.istio), has(self.nginx)].exists_one(isSet, isSet)", CanaryTraffic.OneOf)]
public sealed record CanaryTraffic
{
    public const string OneOf = "the traffic is routed by exactly one of gatewayAPI, istio and nginx";

    [Description("By the weights of a Gateway API HTTPRoute.")]
    public GatewayApiTraffic? GatewayAPI { get; init; }

    [Description("By the weights of a VirtualService of Istio.")]
    public IstioTraffic? Istio { get; init; }

    [Description("By a second Ingress of ingress-nginx, with a canary's weight.")]
    public NginxTraffic? Nginx { get; init; }
}

/// <summary>An HTTPRoute carries the weight.</summary>
public sealed record GatewayApiTraffic : RoutedServices
{
    [Description("Name of the HTTPRoute (gateway.networking.k8s.io/v1) in the Rollout's namespace. In every rule that names both Services as backends the operator sets their weights, "
        + "to 100 in all; other rules stay as they are. No two Rollouts may name the same one.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string HttpRoute { get => field ?? ""; init; }
}

/// <summary>A VirtualService carries the weight, between two Services, or between two subsets of one.</summary>
[CelRule("[has(self.destinationRule), has(self.stableService)].exists_one(isSet, isSet) && has(self.stableService) == has(self.canaryService)", IstioTraffic.OneOf)]
public sealed record IstioTraffic
{
    public const int MaxRoutes = 32;

    public const string OneOf = "the traffic is split either between stableService and canaryService, or between the two subsets of a destinationRule";

    [Description("Name of the VirtualService (networking.istio.io/v1beta1) in the Rollout's namespace. In every HTTP route of it with both Services, or both subsets, as destinations the operator sets "
        + "their weights, to 100 in all; all else stays as it is. No two Rollouts may name the same one.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string VirtualService { get => field ?? ""; init; }

    [Description("Names of the HTTP routes meant, where it is not all that have both Services, or both subsets, as destinations.")]
    [MaxItems(MaxRoutes)]
    [MinLength(1)]
    [MaxLength(253)]
    [ListType("set")]
    public IReadOnlyList<string> Routes { get => field ?? []; init; }

    [Description("Name of the Service for the stable revision. The operator puts the revision into its selector.")]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string? StableService { get; init; }

    [Description("Name of the Service for the canary; while there is none, it selects the stable revision. The operator puts the revision into its selector.")]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string? CanaryService { get; init; }

    [Description("Instead of the two Services: two subsets of one, whose pods are those of both revisions.")]
    public IstioSubsets? DestinationRule { get; init; }
}

/// <summary>A canary Ingress of our own beside a person's Ingress carries the weight.</summary>
public sealed record NginxTraffic : RoutedServices
{
    [Description("Name of the Ingress (networking.k8s.io/v1) in the Rollout's namespace by which ingress-nginx leads to the stable Service. It stays as it is: while the canary has a weight, "
        + "the operator keeps a canary Ingress of the name <rollout>-canary beside it, with the same hosts and paths.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string Ingress { get => field ?? ""; init; }
}

/// <summary>The two Services that every kind of route splits the traffic between.</summary>
public abstract record RoutedServices
{
    [Description("Name of the Service for the stable revision. The operator puts the revision into its selector.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string StableService { get => field ?? ""; init; }

    [Description("Name of the Service for the canary; while there is none, it selects the stable revision. The operator puts the revision into its selector.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string CanaryService { get => field ?? ""; init; }
}
