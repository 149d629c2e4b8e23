using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>The bounds of a rolling update in pods.</summary>
/// <param name="Surge">Pods allowed above the replicas; percentages round up.</param>
/// <param name="Unavailable">Pods allowed to be missing; percentages round down. Both zero would never move: then one may be missing.</param>
internal sealed record RolloutBounds(int Surge, int Unavailable)
{
    public static RolloutBounds Of(V1Deployment deployment)
    {
        var replicas = deployment.Replicas();
        if (deployment.Spec?.Strategy?.Type == "Recreate") return new RolloutBounds(0, replicas);
        var rolling = deployment.Spec?.Strategy?.RollingUpdate;
        var surge = Resolve(rolling?.MaxSurge ?? "25%", replicas, roundUp: true);
        var unavailable = Math.Min(Resolve(rolling?.MaxUnavailable ?? "25%", replicas, roundUp: false), replicas);
        return surge == 0 && unavailable == 0 ? new RolloutBounds(0, 1) : new RolloutBounds(surge, unavailable);
    }

    private static int Resolve(IntOrString value, int replicas, bool roundUp)
    {
        if (value.Number is { } number) return number;
        if (!int.TryParse(value.Text?.TrimEnd('%'), out var percent)) return 0;
        return (percent * replicas + (roundUp ? 99 : 0)) / 100;
    }
}

/// <summary>One ReplicaSet to scale.</summary>
internal sealed record Scale(V1ReplicaSet ReplicaSet, int Replicas);

/// <summary>The arithmetic of a rolling update: which ReplicaSets to scale in this pass, new before old. Pure.</summary>
internal static class RollingUpdate
{
    /// <summary>How many replicas the new ReplicaSet may have beside the old ones.</summary>
    public static int NewReplicas(V1Deployment deployment, int newReplicas, int allReplicas)
    {
        if (deployment.Spec?.Strategy?.Type == "Recreate") return deployment.Replicas();
        var room = deployment.Replicas() + RolloutBounds.Of(deployment).Surge - allReplicas;
        return room <= 0 ? newReplicas : newReplicas + Math.Max(0, Math.Min(room, deployment.Replicas() - newReplicas));
    }

    /// <summary>
    /// The old ReplicaSets to shrink now: first pods that are not available anyway, then available ones down to the least that must
    /// stay. Pods of the new ReplicaSet that are not available yet count as missing.
    /// </summary>
    public static IReadOnlyList<Scale> ScaleDownOld(V1Deployment deployment, V1ReplicaSet newest, IReadOnlyList<V1ReplicaSet> old)
    {
        var least = deployment.Replicas() - RolloutBounds.Of(deployment).Unavailable;
        var all = newest.Replicas() + old.Sum(DeploymentExtensions.Replicas);
        var notYet = newest.Replicas() - newest.Available();
        var removable = all - least - notYet;
        if (old.All(item => item.Replicas() == 0) || removable <= 0) return [];

        var sizes = old.OrderBy(item => item.Metadata.CreationTimestamp).ThenBy(item => item.Metadata.Name, StringComparer.Ordinal)
            .Select(item => new Scale(item, item.Replicas())).ToList();
        sizes = Shrink(sizes, removable, scale => scale.Replicas - scale.ReplicaSet.Available());
        var spare = newest.Available() + old.Sum(DeploymentExtensions.Available) - least;
        sizes = Shrink(sizes, spare, scale => scale.Replicas);
        return [.. sizes.Where(scale => scale.Replicas != scale.ReplicaSet.Replicas())];
    }

    /// <summary>
    /// Shares a change of the replicas among several live ReplicaSets in proportion to their sizes, so that a scaling in the middle
    /// of a rollout keeps its risk; the rest goes to the first. Larger and, on growth, newer ones come first.
    /// </summary>
    public static IReadOnlyList<Scale> Proportional(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> live)
    {
        var allowed = deployment.Replicas() > 0 ? deployment.Replicas() + RolloutBounds.Of(deployment).Surge : 0;
        var change = allowed - live.Sum(DeploymentExtensions.Replicas);
        if (change == 0) return [];

        var ordered = live.OrderByDescending(DeploymentExtensions.Replicas);
        var sorted = (change > 0
            ? ordered.ThenByDescending(item => item.Metadata.CreationTimestamp)
            : ordered.ThenBy(item => item.Metadata.CreationTimestamp)).ThenBy(item => item.Metadata.Name, StringComparer.Ordinal).ToList();
        var scales = new List<Scale>();
        var given = 0;
        foreach (var item in sorted)
        {
            var share = given == change ? 0 : Share(deployment, item, change, given);
            given += share;
            scales.Add(new Scale(item, item.Replicas() + share));
        }

        scales[0] = scales[0] with { Replicas = Math.Max(0, scales[0].Replicas + change - given) };
        return [.. scales.Where(scale => scale.Replicas != scale.ReplicaSet.Replicas())];
    }

    private static int Share(V1Deployment deployment, V1ReplicaSet item, int change, int given)
    {
        if (item.Replicas() == 0) return 0;
        var before = item.MaxReplicasAnnotation() ?? deployment.Status?.Replicas ?? deployment.Replicas();
        if (before == 0) return 0;
        var target = (double)item.Replicas() * (deployment.Replicas() + RolloutBounds.Of(deployment).Surge) / before;
        var share = (int)Math.Round(target, MidpointRounding.AwayFromZero) - item.Replicas();
        return change > 0 ? Math.Clamp(share, 0, change - given) : Math.Clamp(share, change - given, 0);
    }

    private static List<Scale> Shrink(List<Scale> sizes, int budget, Func<Scale, int> removable)
    {
        var result = new List<Scale>();
        foreach (var scale in sizes)
        {
            var step = Math.Max(0, Math.Min(budget, Math.Min(scale.Replicas, removable(scale))));
            budget -= step;
            result.Add(scale with { Replicas = scale.Replicas - step });
        }

        return result;
    }
}
