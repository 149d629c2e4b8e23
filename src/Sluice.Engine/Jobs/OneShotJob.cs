using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Jobs;

/// <summary>
/// A Job that makes one pod, once, and stays until its result is recorded: what was started is never started again by Kubernetes' own retries, and what nobody saw
/// the end of is not mistaken for something that never ran.
/// </summary>
internal static class OneShotJob
{
    /// <param name="metadata">Name, namespace, labels and owner.</param>
    /// <param name="finalizer">Holds the Job until its result is recorded.</param>
    /// <param name="timeout">How long it may run, at least a second.</param>
    /// <param name="podLabels">Labels of the pod.</param>
    /// <param name="podAnnotations">Annotations of the pod.</param>
    /// <param name="podSpec">Spec of the pod, which is never to be restarted.</param>
    public static V1Job Build(
        V1ObjectMeta metadata, string finalizer, TimeSpan timeout, IReadOnlyDictionary<string, string> podLabels, IReadOnlyDictionary<string, string> podAnnotations, JsonObject podSpec)
    {
        return new V1Job
        {
            Metadata = metadata with { Finalizers = [finalizer] },
            Spec = new V1JobSpec
            {
                BackoffLimit = 0,
                PodReplacementPolicy = "Failed",
                ActiveDeadlineSeconds = Math.Max(1, (long)timeout.TotalSeconds),
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = podLabels, Annotations = NotToBeMoved(podAnnotations) },
                    Spec = JsonSerializer.SerializeToElement(podSpec, NodeJsonContext.Default.JsonObject),
                },
            },
        };
    }

    /// <summary>A pod that is moved to another node is a Job that is interrupted.</summary>
    private static Dictionary<string, string> NotToBeMoved(IReadOnlyDictionary<string, string> annotations) => new(annotations)
    {
        ["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false",
        ["karpenter.sh/do-not-disrupt"] = "true",
    };
}
