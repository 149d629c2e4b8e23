using System.Text.Json.Nodes;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Rollouts.Traffic;

namespace Sluice.Operator.Controllers.Rollouts.Workloads;

/// <summary>Carries out what is done to the Deployment that a Rollout takes over.</summary>
internal sealed class WorkloadWriter(IClusterWriter writer, IEventRecorder events)
{
    public async Task ScaleAsync(Snapshot snapshot, Effect.ScaleDeployment scale, CancellationToken ct)
    {
        var patch = new TestedPatch(snapshot.Deployment?.ResourceVersion).Set("/spec/replicas", JsonValue.Create(scale.From), JsonValue.Create(scale.To));
        await TestedPatch.ApplyAsync<V1Deployment>(writer, new NamespacedName(snapshot.Rollout.Metadata.Namespace ?? "", scale.Name), patch, ct);
        events.Record(snapshot.Rollout, "Normal", "DeploymentScaled", "ScaleDeployment", $"Deployment {scale.Name} is scaled from {scale.From} to {scale.To}");
    }
}
