using Sluice.Api;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Hosting;

/// <summary>What the operator watches, and how much of it is kept.</summary>
internal sealed class ClusterCaches
{
    public ClusterCaches(KubernetesClient client, IReadOnlyList<string> namespaces, TimeSpan verificationInterval)
    {
        Informers = new InformerFactory(client, namespaces) { VerificationInterval = verificationInterval };
        All = new Dictionary<string, IInformer>
        {
            ["rollouts"] = Informers.Add<Rollout>(),
            ["releases"] = Informers.Add(new InformerOptions<Release> { IndexedLabels = [Labels.Rollout] }),
            ["migrations"] = Informers.Add(new InformerOptions<Migration> { IndexedLabels = [Labels.Rollout] }),
            ["decisions"] = Informers.Add<Decision>(),
            ["analysistemplates"] = Informers.Add<AnalysisTemplate>(),
            ["replicasets"] = Informers.Add(new InformerOptions<V1ReplicaSet> { LabelSelector = Labels.Rollout, IndexedLabels = [Labels.Rollout] }),
            ["jobs"] = Informers.Add(new InformerOptions<V1Job> { LabelSelector = Labels.Migration, IndexedLabels = [Labels.Migration] }),
            ["pods"] = Informers.Add(new InformerOptions<V1Pod> { Projection = Project, IndexedLabels = [Labels.Rollout, Labels.Migration] }),
        };
    }

    public InformerFactory Informers { get; }

    /// <summary>By the resource's name.</summary>
    public IReadOnlyDictionary<string, IInformer> All { get; }

    /// <summary>
    /// Of our pods, what their phase rests on; of all others (a selector cannot say "of a Rollout or of a Migration") no more than their existence.
    /// Pods are never written.
    /// </summary>
    private static V1Pod Project(V1Pod pod) =>
        pod.Metadata.Label(Labels.Rollout) is null && pod.Metadata.Label(Labels.Migration) is null
            ? new V1Pod
            {
                Metadata = new V1ObjectMeta
                {
                    Name = pod.Metadata.Name,
                    Namespace = pod.Metadata.Namespace,
                    Uid = pod.Metadata.Uid,
                    ResourceVersion = pod.Metadata.ResourceVersion,
                },
            }
            : pod with { Spec = null, Metadata = pod.Metadata with { Annotations = null } };
}
