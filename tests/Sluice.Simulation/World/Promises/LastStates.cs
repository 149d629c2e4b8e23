using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.World.Promises;

/// <summary>Knows the last state of every object that promises are about, so that each write can be told with what was before.</summary>
internal sealed class LastStates
{
    private readonly VirtualCluster cluster;
    private readonly Dictionary<(string Resource, string Namespace, string Name), IKubernetesObject> known = [];

    /// <summary>Begins with what the cluster has.</summary>
    public LastStates(VirtualCluster cluster)
    {
        this.cluster = cluster;
        Know<Rollout>("rollouts");
        Know<Release>("releases");
        Know<Migration>("migrations");
        Know<Decision>("decisions");
        Know<V1ReplicaSet>("replicasets");
        Know<V1Deployment>("deployments");
        Know<V1Job>("jobs");
        Know<V1Pod>("pods");
        Know<V1Lease>("leases");
    }

    /// <summary>The write with its objects; null of a resource that no promise is about.</summary>
    public Write? Take(CommittedWrite write, bool isTheOperators, TimeProvider clock)
    {
        if (Read(write) is not { } read) return null;

        var key = (write.Resource, write.Namespace, write.Name);
        var before = known.GetValueOrDefault(key);
        var after = read();
        if (after is null) known.Remove(key);
        else known[key] = after;
        return new Write(write, isTheOperators, cluster.Now, clock.GetUtcNow(), before, after);
    }

    private void Know<T>(string resource)
        where T : class, IKubernetesObject
    {
        foreach (var item in cluster.List<T>("")) known.Add((resource, item.Metadata.Namespace ?? "", item.Metadata.Name ?? ""), item);
    }

    private Func<IKubernetesObject?>? Read(CommittedWrite write) => write.Resource switch
    {
        "rollouts" => () => cluster.Get<Rollout>(write.Namespace, write.Name),
        "releases" => () => cluster.Get<Release>(write.Namespace, write.Name),
        "migrations" => () => cluster.Get<Migration>(write.Namespace, write.Name),
        "decisions" => () => cluster.Get<Decision>(write.Namespace, write.Name),
        "replicasets" => () => cluster.Get<V1ReplicaSet>(write.Namespace, write.Name),
        "deployments" => () => cluster.Get<V1Deployment>(write.Namespace, write.Name),
        "jobs" => () => cluster.Get<V1Job>(write.Namespace, write.Name),
        "pods" => () => cluster.Get<V1Pod>(write.Namespace, write.Name),
        "services" => () => cluster.Get<V1Service>(write.Namespace, write.Name),
        "leases" => () => cluster.Get<V1Lease>(write.Namespace, write.Name),
        _ => null,
    };
}
