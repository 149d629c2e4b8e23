using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>An Ingress of ingress-nginx, which is only read; while the canary has a weight, a <see cref="CanaryIngress"/> of our own beside it carries that.</summary>
internal sealed class NginxRouter : ITrafficRouter
{
    private const string Kind = "Ingress";
    private const string Field = "spec.strategy.canary.traffic.nginx";

    /// <summary>Where there is no canary Ingress.</summary>
    private static readonly RouteSplit AllForStable = new("", 100, "", 0);

    public RouteNames? NamesIn(CanaryTraffic traffic) => traffic.Nginx is not { } names
        ? null
        : new RouteNames(Field, "ingress", Kind, names.Ingress, SteeredSides.Between(Field, names)) { IsOnlyRead = true };

    public async Task<ObservedRoute> ObserveAsync(IClusterReader reader, Rollout rollout, RouteNames names, ObservedTraffic sides, CancellationToken ct)
    {
        var stable = await UsableAsync(reader, rollout, names, ct);
        var canary = await reader.GetLiveAsync<V1Ingress>(CanaryOf(rollout), ct);
        if (canary is null) return new ObservedRoute { Name = $"{names}", Splits = [AllForStable], Problem = stable.Problem };
        if (!IsOurs(canary, rollout))
        {
            return new ObservedRoute
            {
                Name = $"{names}",
                Splits = [],
                Problem = $"Ingress {canary.Metadata.Name} is there, and was not made for Rollout {rollout.Metadata.Name}: the canary's Ingress needs this name",
            };
        }

        var weight = CanaryIngress.WeightOf(canary);
        var wanted = CanaryIngress.Of(canary.Metadata.Name ?? "", canary, stable.Ingress, rollout, names, weight);
        return new ObservedRoute
        {
            Name = $"{names}",
            ResourceVersion = canary.Metadata.ResourceVersion,
            Splits = [new RouteSplit("", 100 - weight, "", weight) { IsOutdated = weight == 0 || !CanaryIngress.AreAlike(canary, wanted) }],
            Problem = stable.Problem,
        };
    }

    public async Task SetWeightAsync(IClusterReader reader, IClusterWriter writer, Rollout rollout, RouteNames names, ObservedRoute observed, Effect.SetWeight effect, CancellationToken ct)
    {
        var key = CanaryOf(rollout);
        var canary = observed.ResourceVersion is null ? null : await reader.GetLiveAsync<V1Ingress>(key, ct) ?? throw new InvalidOperationException($"Ingress {key} has gone meanwhile");
        if (effect.Weight == 0)
        {
            if (canary is not null) await writer.DeleteAsync<V1Ingress>(key, DeleteOptions.Background with { PreconditionUid = canary.Metadata.Uid, PreconditionResourceVersion = observed.ResourceVersion }, ct);
            return;
        }

        var stable = await UsableAsync(reader, rollout, names, ct);
        if (canary is null && stable.Problem is { } problem) throw new InvalidOperationException(problem);

        var wanted = CanaryIngress.Of(key.Name, canary, stable.Ingress, rollout, names, effect.Weight);
        if (canary is null) await writer.CreateAsync(wanted, WriteOptions.Default, ct);
        else await writer.UpdateAsync(wanted.WithMetadata(wanted.Metadata with { ResourceVersion = observed.ResourceVersion }), WriteOptions.Default, ct);
    }

    private static NamespacedName CanaryOf(Rollout rollout) => new(rollout.Metadata.Namespace ?? "", ObjectNames.CanaryIngress(rollout.Metadata.Name ?? ""));

    /// <summary>One that no controller has, and that was made for a Rollout of this name, is what an orphaning delete has left.</summary>
    private static bool IsOurs(V1Ingress canary, Rollout rollout) =>
        canary.Metadata.ControllerOwner() is { } owner ? owner.Uid == rollout.Metadata.Uid : canary.Metadata.Label(Labels.Rollout) == rollout.Metadata.Name;

    /// <summary>The Ingress that the spec names, or why no canary can be put beside it.</summary>
    private static async Task<(V1Ingress? Ingress, string? Problem)> UsableAsync(IClusterReader reader, Rollout rollout, RouteNames names, CancellationToken ct)
    {
        var ns = rollout.Metadata.Namespace ?? "";
        var ingress = await reader.GetLiveAsync<V1Ingress>(new NamespacedName(ns, names.Route), ct);
        var problem = ingress switch
        {
            null => $"there is no {names} in {ns}",
            _ when CanaryIngress.IsCanary(ingress) => $"{names} is itself the canary of another Ingress",
            _ when CanaryIngress.SpecFor(ingress, names) is null => $"{names} has no path whose backend is {names.Stable}",
            _ => null,
        };
        return (problem is null ? ingress : null, problem);
    }
}
