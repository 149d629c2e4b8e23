using System.Net;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>Binds every pod to the one node, except those whose annotations say that no node takes them.</summary>
internal sealed class Scheduler(ClusterLifePorts ports, ClusterLifeOptions options) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1Pod>(key) is not { } pod || !string.IsNullOrEmpty(pod.Spec?.NodeName) || pod.IsTerminal()) return ReconcileResult.Success;
        if (pod.IsTerminating())
        {
            // No kubelet will ever confirm the end of a pod that no node has.
            var now = new DeleteOptions { GracePeriodSeconds = 0, PreconditionUid = pod.Metadata.Uid };
            if (pod.Metadata.DeletionGracePeriodSeconds != 0) await ports.Writer.DeleteAsync<V1Pod>(key, now, ct);
        }
        else if (PodBehaviour.Of(pod).Unschedulable)
        {
            await RefuseAsync(pod, ct);
        }
        else
        {
            await BindAsync(pod, key, ct);
            ports.Events.Record(pod, "Normal", "Scheduled", "Binding", $"Successfully assigned {key} to {options.NodeName}");
        }

        return ReconcileResult.Success;
    }

    private async Task RefuseAsync(V1Pod pod, CancellationToken ct)
    {
        var conditions = pod.Status?.Conditions ?? [];
        if (conditions.Any(condition => condition is { Type: "PodScheduled", Status: "False" })) return;
        var refusal = new V1PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            LastTransitionTime = ports.Time.GetUtcNow(),
            Reason = "Unschedulable",
            Message = "0/1 nodes are available: 1 Insufficient cpu.",
        };
        var status = (pod.Status ?? new V1PodStatus()) with
        {
            Phase = "Pending",
            Conditions = [.. conditions.Where(condition => condition.Type != "PodScheduled"), refusal],
        };
        await ports.Writer.UpdateStatusAsync(pod with { Status = status }, WriteOptions.Default, ct);
        ports.Events.Record(pod, "Warning", "FailedScheduling", "Scheduling", refusal.Message);
    }

    /// <summary>Through the binding subresource, and by a patch on API servers that are too small to have one.</summary>
    private async Task BindAsync(V1Pod pod, NamespacedName key, CancellationToken ct)
    {
        var binding = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Binding",
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["uid"] = pod.Metadata.Uid },
            ["target"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = options.NodeName },
        };
        try
        {
            await ports.Api.SendAsync(JsonBody.Request(HttpMethod.Post, $"/api/v1/namespaces/{key.Namespace}/pods/{key.Name}/binding", binding), ct);
        }
        catch (KubernetesException missing) when (missing.Code is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.MethodNotAllowed)
        {
            await ports.Writer.PatchAsync<V1Pod>(key, JsonBody.Spec(pod.Metadata, "nodeName", options.NodeName), WriteOptions.Default, ct);
        }
    }
}
