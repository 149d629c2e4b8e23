using System.Globalization;
using System.Net;
using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>Talks to one API server over HTTP. Thread-safe; one per process is enough.</summary>
public sealed class KubernetesClient : IKubernetesClient, IDisposable
{
    private readonly KubernetesClientOptions options;

    public KubernetesClient(KubernetesClientConfiguration configuration, KubernetesClientOptions options)
    {
        this.options = options;
        Json = KubernetesJson.Options(options.TypeInfoResolvers);
        Transport = new ApiTransport(configuration, options);
    }

    internal JsonSerializerOptions Json { get; }

    internal ApiTransport Transport { get; }

    internal KubernetesClientOptions Options => options;

    public async Task<T?> GetAsync<T>(string? ns, string name, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Get, KubernetesResource.Of<T>().Object(ns, name));
        try
        {
            return await CallAsync<T>(request, ct);
        }
        catch (KubernetesException error) when (StatusReader.SaysMissing(error, name))
        {
            return null;
        }
    }

    public async Task<KubernetesList<T>> ListAsync<T>(string? ns, string? labelSelector, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var list = new ObjectLister(this, new ListScope(KubernetesResource.Of<T>().Collection(ns), labelSelector));
        var items = new List<T>();
        var metadata = await list.ReadAsync(resourceVersion: null, items.Clear, item => items.Add(Decode<T>(item)), ct);
        return new KubernetesList<T> { Metadata = metadata, Items = items };
    }

    public Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject =>
        WriteAsync(HttpMethod.Post, KubernetesResource.Of<T>().CollectionOfOne(item.Metadata.Namespace), item, options, ct);

    public Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => ReplaceAsync(item, subresource: null, options, ct);

    public Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => ReplaceAsync(item, "status", options, ct);

    public Task<T> PatchAsync<T>(string? ns, string name, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        if (patch.Type == KubernetesPatchType.ApplyPatch)
            RequireIntent(patch.Body);

        var request = new ApiRequest(HttpMethod.Patch, KubernetesResource.Of<T>().Object(ns, name, options.Subresource))
        {
            Body = patch.Body,
            MediaType = patch.Type switch
            {
                KubernetesPatchType.JsonPatch => "application/json-patch+json",
                KubernetesPatchType.MergePatch => "application/merge-patch+json",
                KubernetesPatchType.ApplyPatch => "application/apply-patch+yaml",
                _ => throw new ArgumentOutOfRangeException(nameof(patch), patch.Type, "unknown type of patch"),
            },
        };
        var force = patch.Type == KubernetesPatchType.ApplyPatch && options.Force ? "true" : null;
        return CallAsync<T>(request.WithQuery([.. WriteParameters(options), ("force", force)]), ct);
    }

    public async Task<bool> DeleteAsync<T>(string? ns, string name, DeleteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var body = new DeleteOptionsBody
        {
            PropagationPolicy = options.PropagationPolicy,
            GracePeriodSeconds = options.GracePeriodSeconds,
            Preconditions = options.PreconditionUid is null && options.PreconditionResourceVersion is null
                ? null
                : new DeletePreconditions(options.PreconditionUid, options.PreconditionResourceVersion),
        };
        var request = new ApiRequest(HttpMethod.Delete, KubernetesResource.Of<T>().Object(ns, name)) { Body = Encode(body) };
        try
        {
            return await Transport.CallAsync(request, this.options.RequestTimeout, static (response, _) => Task.FromResult(ConfirmsDelete(response)), ct);
        }
        catch (KubernetesException error) when (StatusReader.SaysMissing(error, name))
        {
            return false;
        }
    }

    public async Task<string?> ReadPodLogTailAsync(string ns, string pod, string? container, int limitBytes, CancellationToken ct)
    {
        var request = new ApiRequest(HttpMethod.Get, KubernetesResource.Of<V1Pod>().Object(ns, pod, "log")) { Accept = "*/*" }
            .WithQuery(("container", container), ("tailLines", LogTail.LinesFor(limitBytes).ToString(CultureInfo.InvariantCulture)));
        try
        {
            return await Transport.CallAsync(request, options.RequestTimeout, (response, token) => LogTail.ReadAsync(response, limitBytes, token), ct);
        }
        catch (KubernetesException error) when (error.Code is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.BadRequest)
        {
            // 400 is how a kubelet says that the container has not started.
            return null;
        }
    }

    public void Dispose() => Transport.Dispose();

    /// <summary>Reads one object of a list or a watch.</summary>
    /// <exception cref="KubernetesException">The object is not what its kind should look like.</exception>
    internal T Decode<T>(JsonElement item)
        where T : class, IKubernetesObject
    {
        try
        {
            return item.Deserialize(Json.TypeInfo<T>()) ?? throw new JsonException("null instead of an object");
        }
        catch (JsonException error)
        {
            throw StatusReader.Undecodable(HttpStatusCode.OK, error);
        }
    }

    /// <summary>An API server answers with a status or the object; a page of a proxy says nothing about what became of the object.</summary>
    private static bool ConfirmsDelete(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "application/json"
        ? true
        : throw StatusReader.Undecodable(response.StatusCode, new JsonException($"{response.Content.Headers.ContentType} is not JSON"));

    /// <summary>An intent that was read from the server still carries managedFields: applying it would take over everybody's fields, and is refused there too.</summary>
    private static void RequireIntent(ReadOnlyMemory<byte> body)
    {
        using var intent = JsonDocument.Parse(body);
        if (intent.RootElement.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("managedFields", out _))
            throw new ArgumentException("the intent of a server-side apply must not carry managedFields", nameof(body));
    }

    private Task<T> ReplaceAsync<T>(T item, string? subresource, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        if (string.IsNullOrEmpty(item.Metadata.ResourceVersion))
            throw new ArgumentException("an update without a resourceVersion would overwrite what others wrote", nameof(item));

        var path = KubernetesResource.Of<T>().Object(item.Metadata.Namespace, item.Metadata.Name, subresource);
        return WriteAsync(HttpMethod.Put, path, item, options, ct);
    }

    private Task<T> WriteAsync<T>(HttpMethod method, string path, T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject =>
        CallAsync<T>(new ApiRequest(method, path) { Body = Encode(item) }.WithQuery(WriteParameters(options)), ct);

    private (string Key, string? Value)[] WriteParameters(WriteOptions write) =>
        [("fieldManager", options.FieldManager), ("dryRun", write.DryRun ? "All" : null), ("fieldValidation", write.DryRun ? "Strict" : null)];

    private byte[] Encode<T>(T item) => JsonSerializer.SerializeToUtf8Bytes(item, Json.TypeInfo<T>());

    private Task<T> CallAsync<T>(ApiRequest request, CancellationToken ct) =>
        Transport.CallAsync(request, options.RequestTimeout, ReadObjectAsync<T>, ct);

    private async Task<T> ReadObjectAsync<T>(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            // One object is small, and read from its bytes in half of the time that it takes from a stream.
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(ct), Json.TypeInfo<T>()) ?? throw new JsonException("null instead of an object");
        }
        catch (JsonException error)
        {
            throw StatusReader.Undecodable(response.StatusCode, error);
        }
    }
}
