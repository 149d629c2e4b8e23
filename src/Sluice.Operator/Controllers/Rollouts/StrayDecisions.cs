using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Decisions about a Rollout that does not exist: nobody else would ever answer them.</summary>
internal sealed class StrayDecisions(IClusterReader reader, IClusterWriter writer, IEventRecorder events, TimeProvider time)
{
    /// <summary>Refuses them, once a live read has confirmed that there is no such Rollout.</summary>
    public async Task RefuseAsync(NamespacedName rollout, CancellationToken ct)
    {
        var strays = OpenDecisions.Cached(reader, rollout);
        if (strays.Count == 0 || await reader.GetLiveAsync<Rollout>(rollout, ct) is not null) return;

        foreach (var stray in strays)
        {
            if (await OpenDecisions.ConfirmAsync(reader, stray, ct) is not { } open) continue;

            var message = $"there is no Rollout {rollout.Name} in {rollout.Namespace}";
            await writer.UpdateStatusAsync(open with { Status = new DecisionStatus { State = DecisionState.Refused, Message = message, AnsweredAt = time.GetUtcNow() } }, WriteOptions.Default, ct);
            events.Record(open, "Warning", nameof(DecisionState.Refused), $"{open.Spec.Action}", message);
        }
    }
}
