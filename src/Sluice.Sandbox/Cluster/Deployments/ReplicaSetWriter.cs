using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>Creates, scales and cleans up the ReplicaSets of a Deployment.</summary>
internal sealed class ReplicaSetWriter(ClusterLifePorts ports)
{
    /// <summary>The ReplicaSet of the present template with its revision number; created if it is missing.</summary>
    public async Task<V1ReplicaSet> EnsureNewestAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        var highest = sets.Old.Select(item => item.Revision()).DefaultIfEmpty().Max();
        var newest = sets.Newest ?? await CreateAsync(deployment, sets, highest + 1, ct);
        var annotations = newest.Revision() <= highest ? Revision(highest + 1) : [];
        foreach (var (key, value) in deployment.HandedDown().Where(entry => newest.Metadata.Annotation(entry.Key) != entry.Value)) annotations[key] = value;
        if (annotations.Count > 0) newest = await AnnotateAsync(newest, annotations, ct);
        if (deployment.Revision() != newest.Revision())
        {
            // The answer is not needed: the change comes back as an event, and the status write after it is fenced.
            await ports.Writer.PatchAsync<V1Deployment>(NamespacedName.Of(deployment), Metadata(Revision(newest.Revision())), WriteOptions.Default, ct);
        }

        return newest;
    }

    public async Task<V1ReplicaSet> ScaleAsync(V1Deployment deployment, Scale scale, CancellationToken ct)
    {
        var seen = scale.ReplicaSet.Metadata;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = seen.Uid,
                ["resourceVersion"] = seen.ResourceVersion,
                ["annotations"] = JsonBody.Map(deployment.SizeAnnotations()),
            },
            ["spec"] = new JsonObject { ["replicas"] = scale.Replicas },
        };
        var scaled = await ports.Writer.PatchAsync<V1ReplicaSet>(NamespacedName.Of(scale.ReplicaSet), KubernetesPatch.Merge(JsonBody.Of(patch)), WriteOptions.Default, ct);
        RecordScaling(deployment, scale.ReplicaSet.Metadata.Name, scale.ReplicaSet.Replicas(), scale.Replicas);
        return scaled;
    }

    /// <summary>Once the rollout is complete, deletes the oldest empty ReplicaSets beyond the history limit.</summary>
    public async Task<RevisionSets> CleanUpAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        if (sets.Newest is not { } newest || newest.Available() != deployment.Replicas() || sets.Old.Any(item => item.Replicas() > 0)) return sets;
        var surplus = sets.Old.Where(IsEmpty).OrderBy(item => item.Revision()).Take(Math.Max(0, sets.Old.Count - (deployment.Spec?.RevisionHistoryLimit ?? 10))).ToList();
        foreach (var item in surplus)
        {
            await ports.Writer.DeleteAsync<V1ReplicaSet>(NamespacedName.Of(item), DeleteOptions.Background with { PreconditionUid = item.Metadata.Uid }, ct);
        }

        return sets with { Old = [.. sets.Old.Except(surplus)] };
    }

    private static bool IsEmpty(V1ReplicaSet item) =>
        item.Metadata.DeletionTimestamp is null && (item.Status?.Replicas ?? 0) == 0 && item.Status?.ObservedGeneration >= item.Metadata.Generation;

    private async Task<V1ReplicaSet> CreateAsync(V1Deployment deployment, RevisionSets sets, long revision, CancellationToken ct)
    {
        var hash = TemplateHash.Of(deployment.Spec?.Template, deployment.Status?.CollisionCount ?? 0);
        var replicas = RollingUpdate.NewReplicas(deployment, 0, sets.Old.Sum(DeploymentExtensions.Replicas));
        var wanted = Build(deployment, hash, replicas, revision);
        try
        {
            var created = await ports.Writer.CreateAsync(wanted, WriteOptions.Default, ct);
            RecordScaling(deployment, created.Metadata.Name, 0, replicas);
            return created;
        }
        catch (KubernetesException taken) when (taken.IsAlreadyExists)
        {
            return await TakeOverOrCountAsync(deployment, wanted, taken, ct);
        }
    }

    /// <summary>The name is taken: by our own ReplicaSet that the cache does not show yet, or by another template with the same hash.</summary>
    private async Task<V1ReplicaSet> TakeOverOrCountAsync(V1Deployment deployment, V1ReplicaSet wanted, KubernetesException taken, CancellationToken ct)
    {
        var live = await ports.Reader.GetLiveAsync<V1ReplicaSet>(NamespacedName.Of(wanted), ct);
        if (live is not null && live.IsOwnedBy(deployment.Metadata.Uid) && PodTemplates.Equal(live.Spec?.Template, deployment.Spec?.Template)) return live;
        if (live is not null)
        {
            var status = (deployment.Status ?? new V1DeploymentStatus()) with { CollisionCount = (deployment.Status?.CollisionCount ?? 0) + 1 };
            await ports.Writer.UpdateStatusAsync(deployment with { Status = status }, WriteOptions.Default, ct);
        }

        throw taken;
    }

    private static V1ReplicaSet Build(V1Deployment deployment, string hash, int replicas, long revision)
    {
        var template = deployment.Spec?.Template ?? new V1PodTemplateSpec();
        var labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>()) { [WellKnown.PodTemplateHash] = hash };
        var annotations = deployment.HandedDown().ToDictionary();
        foreach (var (key, value) in deployment.SizeAnnotations()) annotations[key] = value;
        annotations[WellKnown.DeploymentRevision] = revision.ToString();
        var selector = deployment.Spec?.Selector ?? new V1LabelSelector();
        return new V1ReplicaSet
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                Namespace = deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = annotations,
                OwnerReferences = [PodTemplates.ControllerOf(deployment)],
            },
            Spec = new V1ReplicaSetSpec
            {
                Replicas = replicas,
                MinReadySeconds = deployment.Spec?.MinReadySeconds,
                Selector = selector with
                {
                    MatchLabels = new Dictionary<string, string>(selector.MatchLabels ?? new Dictionary<string, string>()) { [WellKnown.PodTemplateHash] = hash },
                },
                Template = template with { Metadata = (template.Metadata ?? new V1ObjectMeta()) with { Labels = labels } },
            },
        };
    }

    private static Dictionary<string, string> Revision(long number) => new() { [WellKnown.DeploymentRevision] = number.ToString() };

    private static KubernetesPatch Metadata(Dictionary<string, string> annotations) =>
        KubernetesPatch.Merge(JsonBody.Of(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = JsonBody.Map(annotations) } }));

    private Task<V1ReplicaSet> AnnotateAsync(V1ReplicaSet item, Dictionary<string, string> annotations, CancellationToken ct) =>
        ports.Writer.PatchAsync<V1ReplicaSet>(NamespacedName.Of(item), JsonBody.Annotations(item.Metadata, annotations), WriteOptions.Default, ct);

    private void RecordScaling(V1Deployment deployment, string? name, int from, int to)
    {
        if (from == to) return;
        var direction = to > from ? "up" : "down";
        ports.Events.Record(deployment, "Normal", "ScalingReplicaSet", "Scale", $"Scaled {direction} replica set {name} from {from} to {to}");
    }
}
