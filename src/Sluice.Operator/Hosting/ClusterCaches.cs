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
            ["rollouts"] = Informers.Add(new InformerOptions<Rollout> { Projection = CacheProjections.Applied }),
            ["releases"] = Informers.Add(new InformerOptions<Release> { Projection = CacheProjections.Ended, IndexedLabels = [Labels.Rollout] }),
            ["migrations"] = Informers.Add(new InformerOptions<Migration> { IndexedLabels = [Labels.Rollout] }),
            ["decisions"] = Informers.Add(new InformerOptions<Decision> { Projection = CacheProjections.Applied }),
            ["analysistemplates"] = Informers.Add<AnalysisTemplate>(),
            ["replicasets"] = Informers.Add(new InformerOptions<V1ReplicaSet> { LabelSelector = Labels.Rollout, IndexedLabels = [Labels.Rollout], Projection = CacheProjections.ReplicaSet }),
            ["deployments"] = Informers.Add(new InformerOptions<V1Deployment> { Projection = CacheProjections.Deployment }),
            ["jobs"] = Informers.Add(new InformerOptions<V1Job> { LabelSelector = Labels.Attempt, IndexedLabels = [Labels.Migration, Labels.Checks] }),
            ["pods"] = Informers.Add(new InformerOptions<V1Pod> { Projection = CacheProjections.Pod, IndexedLabels = [Labels.Rollout, Labels.Migration, Labels.Checks] }),
        };
    }

    public InformerFactory Informers { get; }

    /// <summary>By the resource's name.</summary>
    public IReadOnlyDictionary<string, IInformer> All { get; }
}
