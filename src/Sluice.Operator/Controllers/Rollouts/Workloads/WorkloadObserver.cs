using System.Collections.Concurrent;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Workloads;

/// <summary>
/// Looks at the Deployment that a Rollout takes over. A cluster has many Deployments and few that are taken over: the watch cache keeps no templates, so the one
/// that is needed is read live once for each generation, and remembered.
/// </summary>
internal sealed class WorkloadObserver(IClusterReader reader)
{
    private readonly ConcurrentDictionary<NamespacedName, Known> templates = new();

    /// <summary>Null without a workloadRef, and where there is no such Deployment, as a live read has confirmed.</summary>
    public async Task<ObservedDeployment?> ObserveAsync(Rollout rollout, Freshness known, CancellationToken ct)
    {
        var user = NamespacedName.Of(rollout);
        if (rollout.Spec.WorkloadRef is not { Name.Length: > 0 } reference) return null;

        var key = new NamespacedName(user.Namespace, reference.Name);
        if (!known.Pods && reader.Get<V1Deployment>(key) is { } cached && templates.TryGetValue(user, out var remembered) && remembered.IsOf(cached)) return Read(cached, remembered.Template);

        if (await reader.GetLiveAsync<V1Deployment>(key, ct) is not { } live) return null;

        var template = TemplateOf(live);
        templates[user] = new Known(live.Metadata.Uid, live.Metadata.Generation, template);
        return Read(live, template);
    }

    /// <summary>The Rollout is gone.</summary>
    public void Forget(NamespacedName rollout) => templates.TryRemove(rollout, out _);

    private static PodTemplate TemplateOf(V1Deployment deployment) => new()
    {
        Metadata = new PodTemplateMetadata { Labels = deployment.Spec?.Template?.Metadata?.Labels, Annotations = deployment.Spec?.Template?.Metadata?.Annotations },
        Spec = deployment.Spec?.Template?.Spec,
    };

    private static ObservedDeployment Read(V1Deployment deployment, PodTemplate template) => new()
    {
        Name = deployment.Metadata.Name ?? "",
        ResourceVersion = deployment.Metadata.ResourceVersion ?? "",
        Generation = deployment.Metadata.Generation ?? 0,
        Template = template,
        Desired = deployment.Spec?.Replicas ?? 1,
        Pods = deployment.Status?.Replicas ?? 0,
        Available = deployment.Status?.AvailableReplicas ?? 0,
        IsCurrent = deployment.Status?.ObservedGeneration == deployment.Metadata.Generation,
        IsTerminating = deployment.Metadata.DeletionTimestamp is not null,
    };

    private sealed record Known(string? Uid, long? Generation, PodTemplate Template)
    {
        public bool IsOf(V1Deployment deployment) => deployment.Metadata.Uid == Uid && deployment.Metadata.Generation == Generation;
    }
}
