using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>Reads a whole list page by page, handing over the items one by one.</summary>
internal sealed class ObjectLister(KubernetesClient client, ListScope scope)
{
    private readonly PagedList<RawList> pages = new(client, scope, "application/json", ClientJsonContext.Default.RawList);

    /// <summary>See <see cref="PagedList{TPage}.ReadAsync"/>; an item lives only during the call of <paramref name="add"/>.</summary>
    public Task<V1ListMeta> ReadAsync(string? resourceVersion, Action restart, Action<JsonElement> add, CancellationToken ct) =>
        pages.ReadAsync(resourceVersion, restart, page => AddAll(page, add), ct);

    private static void AddAll(RawList page, Action<JsonElement> add)
    {
        foreach (var item in page.Items ?? [])
            add(item);
    }
}
