using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

/// <summary>Keeps "controlled by" and "selected by" the same set: adopts what is selected and free, releases what is not selected any more.</summary>
internal static class Claims
{
    /// <summary>The items among <paramref name="candidates"/> that the owner controls afterwards.</summary>
    public static async Task<IReadOnlyList<T>> ClaimAsync<TOwner, T>(
        this ClusterLifePorts ports, TOwner owner, V1LabelSelector? selector, IEnumerable<T> candidates, CancellationToken ct)
        where TOwner : class, IKubernetesObject
        where T : class, IKubernetesObject
    {
        var claimed = new List<T>();
        bool? mayAdopt = owner.Metadata.DeletionTimestamp is null ? null : false;
        foreach (var item in candidates)
        {
            var selected = selector.Selects(item.Metadata);
            if (item.Metadata.ControllerOwner() is { } controller)
            {
                if (controller.Uid != owner.Metadata.Uid) continue;
                if (selected || owner.Metadata.DeletionTimestamp is not null) claimed.Add(item);
                else await ports.SetOwnersAsync(item, item.Metadata.OwnerReferences!.Where(reference => reference.Uid != owner.Metadata.Uid), ct);
            }
            else if (selected && item.Metadata.DeletionTimestamp is null && (mayAdopt ??= await ports.IsStillThereAsync(owner, ct)))
            {
                claimed.Add(await ports.SetOwnersAsync(item, [.. item.Metadata.OwnerReferences ?? [], PodTemplates.ControllerOf(owner)], ct));
            }
        }

        return claimed;
    }

    /// <summary>A stale cache must not adopt for an owner that was deleted or replaced: this looks live.</summary>
    private static async Task<bool> IsStillThereAsync<TOwner>(this ClusterLifePorts ports, TOwner owner, CancellationToken ct)
        where TOwner : class, IKubernetesObject
    {
        var live = await ports.Reader.GetLiveAsync<TOwner>(NamespacedName.Of(owner), ct);
        return live?.Metadata.Uid == owner.Metadata.Uid && live?.Metadata.DeletionTimestamp is null;
    }

    private static Task<T> SetOwnersAsync<T>(this ClusterLifePorts ports, T item, IEnumerable<V1OwnerReference> owners, CancellationToken ct)
        where T : class, IKubernetesObject =>
        ports.Writer.PatchAsync<T>(NamespacedName.Of(item), JsonBody.OwnerReferences(item.Metadata, owners), WriteOptions.Default, ct);
}
