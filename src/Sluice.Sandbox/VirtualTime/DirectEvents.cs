using System.Globalization;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>Writes every event at once, on the caller's thread; one that is refused is left out, as events are.</summary>
internal sealed class DirectEvents(IKubernetesClient client, TimeProvider time) : IEventRecorder
{
    private long _count;

    public void Record(IKubernetesObject regarding, string type, string reason, string action, string note)
    {
        var ns = regarding.Metadata.Namespace ?? "default";
        var item = new EventsV1Event
        {
            Metadata = new V1ObjectMeta { Name = string.Create(CultureInfo.InvariantCulture, $"{regarding.Metadata.Name}.{++_count:x}"), Namespace = ns },
            EventTime = time.GetUtcNow(),
            ReportingController = "cluster-life",
            ReportingInstance = "cluster-life",
            Action = action,
            Reason = reason,
            Regarding = new V1ObjectReference
            {
                ApiVersion = regarding.ApiVersion,
                Kind = regarding.Kind,
                Namespace = regarding.Metadata.Namespace,
                Name = regarding.Metadata.Name,
                Uid = regarding.Metadata.Uid,
            },
            Note = note,
            Type = type,
        };
        try
        {
            Synchronously.Complete(client.CreateAsync(item, WriteOptions.Default, CancellationToken.None));
        }
        catch (KubernetesException refused) when (refused.Code != 0)
        {
            // Its namespace is going, or it was malformed: no controller fails for an event.
        }
    }
}
