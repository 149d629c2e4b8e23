using System.Text.Json;
using Sluice.Kubernetes.Client;

namespace Sluice.Simulation.World;

/// <summary>
/// Every change of what exists carries the version that it rests on, and every deletion the UID: an actor with an old view loses at each single write. And none
/// is sent that changes nothing. Looked at in the requests themselves: a write that had luck says nothing of its fence, and one without a change is no event.
/// </summary>
internal sealed class Fences
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = KubernetesJson.MaxDepth };

    private readonly List<string> missing = [];
    private readonly List<string> idle = [];

    /// <summary>Requests that were sent without a fence.</summary>
    public IReadOnlyList<string> Missing => missing;

    /// <summary>Requests after which the object was as before.</summary>
    public IReadOnlyList<string> Idle => idle;

    /// <summary>A connection that is looked at.</summary>
    public HttpMessageHandler Watch(HttpMessageHandler inner) => new Connection(inner, this);

    private sealed class Connection(HttpMessageHandler inner, Fences fences) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isDelete = request.Method == HttpMethod.Delete;
            if (!isDelete && request.Method != HttpMethod.Put && request.Method != HttpMethod.Patch) return await base.SendAsync(request, cancellationToken);

            using var body = request.Content is null ? null : Parse(await request.Content.ReadAsByteArrayAsync(cancellationToken));
            var fence = isDelete ? TextAt(body?.RootElement, "preconditions", "uid") : VersionOf(body?.RootElement);
            var what = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            if (string.IsNullOrEmpty(fence)) fences.missing.Add(what);

            var answer = await base.SendAsync(request, cancellationToken);
            if (isDelete || !answer.IsSuccessStatusCode) return answer;

            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            using var after = Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));

            // The last finalizer of what is being deleted: it is gone, and has no new version.
            var isGone = TextAt(after?.RootElement, "metadata", "deletionTimestamp") is not null;
            if (!isGone && VersionOf(after?.RootElement) == fence) fences.idle.Add(what);
            return answer;
        }

        private static JsonDocument? Parse(byte[] text) => text.Length == 0 ? null : JsonDocument.Parse(text, Reading);

        /// <summary>The version that an object, or a merge patch, carries, and the one that a JSON patch tests.</summary>
        private static string? VersionOf(JsonElement? item) => item is { ValueKind: JsonValueKind.Array } operations
            ? operations.EnumerateArray().Where(operation => TextAt(operation, "op") == "test" && TextAt(operation, "path") == "/metadata/resourceVersion").Select(operation => TextAt(operation, "value")).FirstOrDefault()
            : TextAt(item, "metadata", "resourceVersion");

        private static string? TextAt(JsonElement? item, params ReadOnlySpan<string> path)
        {
            foreach (var name in path) item = item is { ValueKind: JsonValueKind.Object } part && part.TryGetProperty(name, out var inner) ? inner : null;
            return item is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
    }
}
