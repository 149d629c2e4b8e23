using System.Globalization;
using System.Net;
using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>Reads a whole list page by page, handing over the items one by one.</summary>
internal sealed class ObjectLister(KubernetesClient client, string path, string? labelSelector, string? fieldSelector = null)
{
    /// <summary>Reads to the end; when the pages expire on the way it begins anew, once, in a single page.</summary>
    /// <param name="resourceVersion">Null for the latest state; "0" for whatever the server has at hand.</param>
    /// <param name="restart">Called before the first item of each attempt: forget what was handed over.</param>
    /// <param name="add">Called for each item, which lives only during the call.</param>
    /// <param name="ct">Cancels the requests.</param>
    public async Task<V1ListMeta> ReadAsync(string? resourceVersion, Action restart, Action<JsonElement> add, CancellationToken ct)
    {
        try
        {
            return await ReadPagesAsync(resourceVersion, client.Options.PageSize, restart, add, ct);
        }
        catch (KubernetesException error) when (error.IsGone)
        {
            return await ReadPagesAsync(resourceVersion: null, pageSize: null, restart, add, ct);
        }
    }

    private async Task<V1ListMeta> ReadPagesAsync(string? resourceVersion, int? pageSize, Action restart, Action<JsonElement> add, CancellationToken ct)
    {
        restart();
        string? next = null;
        while (true)
        {
            var page = new ApiRequest(HttpMethod.Get, path).WithQuery(
                ("labelSelector", labelSelector),
                ("fieldSelector", fieldSelector),
                ("limit", pageSize?.ToString(CultureInfo.InvariantCulture)),
                ("continue", next),
                ("resourceVersion", next is null ? resourceVersion : null));
            var metadata = await client.Transport.CallAsync(page, client.Options.ListTimeout, (response, token) => ReadPageAsync(response, add, token), ct);
            if (string.IsNullOrEmpty(metadata.Continue))
                return metadata;

            if (metadata.Continue == next)
                throw StatusReader.Undecodable(HttpStatusCode.OK, new JsonException("a page of a list names itself as the next"));

            next = metadata.Continue;
        }
    }

    private static async Task<V1ListMeta> ReadPageAsync(HttpResponseMessage response, Action<JsonElement> add, CancellationToken ct)
    {
        var list = await ReadEnvelopeAsync(response, ct);
        foreach (var item in list.Items ?? [])
            add(item);

        return list.Metadata!;
    }

    private static async Task<RawList> ReadEnvelopeAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            var list = await JsonSerializer.DeserializeAsync(stream, ClientJsonContext.Default.RawList, ct);
            // What a proxy answers in an API server's stead must not be taken for an empty list: absence is concluded from those.
            return string.IsNullOrEmpty(list?.Metadata?.ResourceVersion) ? throw new JsonException("a list without a resourceVersion") : list;
        }
        catch (JsonException error)
        {
            throw StatusReader.Undecodable(response.StatusCode, error);
        }
    }
}
