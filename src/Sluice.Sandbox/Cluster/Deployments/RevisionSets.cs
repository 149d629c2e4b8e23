using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>A Deployment's ReplicaSets: the one of the present template, if it exists, and the others.</summary>
internal sealed record RevisionSets(V1ReplicaSet? Newest, IReadOnlyList<V1ReplicaSet> Old)
{
    public IEnumerable<V1ReplicaSet> All => Newest is null ? Old : Old.Append(Newest);

    /// <summary>Where several have the same template, the oldest is the one, so that two passes never disagree.</summary>
    public static RevisionSets Of(V1Deployment deployment, IEnumerable<V1ReplicaSet> claimed)
    {
        var sorted = claimed.OrderBy(item => item.Metadata.CreationTimestamp).ThenBy(item => item.Metadata.Name, StringComparer.Ordinal).ToList();
        var newest = sorted.FirstOrDefault(item => PodTemplates.Equal(item.Spec?.Template, deployment.Spec?.Template));
        return new RevisionSets(newest, [.. sorted.Where(item => !ReferenceEquals(item, newest))]);
    }

    /// <summary>With one of them replaced by a later version, or, if it is not known yet, as the newest.</summary>
    public RevisionSets With(V1ReplicaSet changed) =>
        Old.Any(item => item.Metadata.Uid == changed.Metadata.Uid)
            ? this with { Old = [.. Old.Select(item => item.Metadata.Uid == changed.Metadata.Uid ? changed : item)] }
            : this with { Newest = changed };

    /// <summary>True when a live ReplicaSet was sized for other replicas than the Deployment asks for now.</summary>
    public bool NeedScaling(V1Deployment deployment) =>
        All.Any(item => item.Replicas() > 0 && item.DesiredAnnotation() is { } desired && desired != deployment.Replicas());

    /// <summary>What a change of the replicas alone asks for.</summary>
    public IReadOnlyList<Scale> Rescale(V1Deployment deployment)
    {
        var live = All.Where(item => item.Replicas() > 0).ToList();
        if (live.Count <= 1)
        {
            var only = live.FirstOrDefault() ?? Newest ?? (Old.Count > 0 ? Old[^1] : null);
            return only is null ? [] : Sized(deployment, [new Scale(only, deployment.Replicas())]);
        }

        if (Newest is { } newest && IsSaturated(deployment, newest)) return [.. Old.Where(item => item.Replicas() > 0).Select(item => new Scale(item, 0))];
        if (deployment.Spec?.Strategy?.Type == "Recreate") return [];
        var scales = RollingUpdate.Proportional(deployment, live);
        return Sized(deployment, [.. live.Select(item => scales.FirstOrDefault(scale => scale.ReplicaSet.Metadata.Uid == item.Metadata.Uid) ?? new Scale(item, item.Replicas()))]);
    }

    // Those whose size stays still learn the new total, or every later pass would take them for not scaled yet.
    private static List<Scale> Sized(V1Deployment deployment, IEnumerable<Scale> scales) =>
        [.. scales.Where(scale => scale.Replicas != scale.ReplicaSet.Replicas() || scale.ReplicaSet.DesiredAnnotation() != deployment.Replicas())];

    private static bool IsSaturated(V1Deployment deployment, V1ReplicaSet newest) =>
        newest.Replicas() == deployment.Replicas() && newest.DesiredAnnotation() == deployment.Replicas() && newest.Available() == deployment.Replicas();
}
