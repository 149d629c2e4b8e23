using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>One page of a list, whatever its items are read as.</summary>
internal interface IListPage
{
    V1ListMeta? Metadata { get; }
}

/// <summary>Which objects are listed; null does not narrow.</summary>
internal sealed record ListScope(string Path, string? LabelSelector = null, string? FieldSelector = null);

/// <summary>Reads a whole list page by page, in the form that the page's type stands for.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="scope">What is listed.</param>
/// <param name="accept">The media type in which the server answers.</param>
/// <param name="typeInfo">How a page is read.</param>
internal sealed class PagedList<TPage>(KubernetesClient client, ListScope scope, string accept, JsonTypeInfo<TPage> typeInfo)
    where TPage : class, IListPage
{
    /// <summary>Reads to the end; when the pages expire on the way it begins anew, once, in a single page.</summary>
    /// <param name="resourceVersion">Null for the latest state; "0" for whatever the server has at hand.</param>
    /// <param name="restart">Called before the first page of each attempt: forget what was handed over.</param>
    /// <param name="add">Called for each page, which lives only during the call.</param>
    /// <param name="ct">Cancels the requests.</param>
    public async Task<V1ListMeta> ReadAsync(string? resourceVersion, Action restart, Action<TPage> add, CancellationToken ct)
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

    private async Task<V1ListMeta> ReadPagesAsync(string? resourceVersion, int? pageSize, Action restart, Action<TPage> add, CancellationToken ct)
    {
        restart();
        string? next = null;
        while (true)
        {
            var page = new ApiRequest(HttpMethod.Get, scope.Path) { Accept = accept }.WithQuery(
                ("labelSelector", scope.LabelSelector),
                ("fieldSelector", scope.FieldSelector),
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

    private async Task<V1ListMeta> ReadPageAsync(HttpResponseMessage response, Action<TPage> add, CancellationToken ct)
    {
        var page = await ReadEnvelopeAsync(response, ct);
        add(page);
        return page.Metadata!;
    }

    private async Task<TPage> ReadEnvelopeAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            var page = await JsonSerializer.DeserializeAsync(stream, typeInfo, ct);
            // What a proxy answers in an API server's stead must not be taken for an empty list: absence is concluded from those.
            return page is null || string.IsNullOrEmpty(page.Metadata?.ResourceVersion) ? throw new JsonException("a list without a resourceVersion") : page;
        }
        catch (JsonException error)
        {
            throw StatusReader.Undecodable(response.StatusCode, error);
        }
    }
}
