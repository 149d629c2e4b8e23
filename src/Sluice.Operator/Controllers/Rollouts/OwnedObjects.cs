using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>The objects that a Rollout brings about.</summary>
internal static class OwnedObjects
{
    /// <summary>
    /// Its pods have the labels of the template, itself it has ours alone: by those of the template a Deployment of the same labels (the one that was taken over) would adopt it
    /// once it has no controller, and scale it to 0.
    /// </summary>
    public static V1ReplicaSet ReplicaSet(Rollout rollout, string name, string revision, PodTemplate template, int minReadySeconds, int replicas)
    {
        var own = new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "", [Labels.Revision] = revision };
        var labels = new Dictionary<string, string>(template.Metadata.Labels ?? own);
        foreach (var (key, value) in own) labels[key] = value;
        return new V1ReplicaSet
        {
            Metadata = MetadataOf(rollout, name, own),
            Spec = new V1ReplicaSetSpec
            {
                Replicas = replicas,
                MinReadySeconds = minReadySeconds,
                Selector = new V1LabelSelector { MatchLabels = own },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels, Annotations = template.Metadata.Annotations },
                    Spec = template.Spec,
                },
            },
        };
    }

    public static Release Release(Rollout rollout, string name, ReleaseSpec spec) => new()
    {
        Metadata = MetadataOf(rollout, name, new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "", [Labels.Revision] = spec.Revision }),
        Spec = spec,
    };

    /// <summary>Without an owner: what has run on a database is remembered longer than the Rollout that asked for it.</summary>
    public static Migration Migration(Rollout rollout, string name, MigrationSpec spec) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Namespace = rollout.Metadata.Namespace,
            Labels = new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "", [Labels.Release] = spec.Release },
        },
        Spec = spec,
    };

    public static V1OwnerReference ControllerOf(Rollout rollout) => V1OwnerReference.ToController(ApiGroup.ApiVersion, Rollout.KindName, rollout.Metadata);

    private static V1ObjectMeta MetadataOf(Rollout rollout, string name, IReadOnlyDictionary<string, string> labels) => new()
    {
        Name = name,
        Namespace = rollout.Metadata.Namespace,
        Labels = labels,
        OwnerReferences = [ControllerOf(rollout)],
    };
}
