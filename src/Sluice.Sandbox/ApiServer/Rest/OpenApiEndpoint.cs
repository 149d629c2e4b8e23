using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.OpenApi;
using Sluice.Sandbox.ApiServer.Resources;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The documents under <c>/openapi</c>, made when they are asked for and kept until what is served changes.</summary>
internal sealed class OpenApiEndpoint(ResourceRegistry registry)
{
    private const string Whole2 = "v2";
    private const string Whole2Protobuf = "v2 protobuf";

    private readonly Dictionary<string, byte[]> _known = [];
    private int _generation = -1;

    /// <summary>The index of <c>/openapi/v3</c>.</summary>
    public ApiResponse Index()
    {
        var paths = new JsonObject();
        foreach (var (group, version) in GroupVersions())
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            // Clients keep a document for as long as its hash stays.
            var hash = Convert.ToHexString(SHA256.HashData(Bytes(group, version)));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return ApiResponse.Json(200, new JsonObject { ["paths"] = paths });
    }

    /// <summary>The document of one group and version; null where nothing is served under it.</summary>
    public ApiResponse? Of(string group, string version) => registry.Of(group, version).Count == 0
        ? null
        : new ApiResponse(200, "application/json") { Body = Bytes(group, version) };

    /// <summary>The document of everything, in version 2: as JSON, or as protobuf where that is asked for.</summary>
    public ApiResponse Whole(ApiRequest request)
    {
        foreach (var clause in request.Accept.Split(','))
        {
            switch (BodyReader.MediaType(clause))
            {
                case "application/json" or "application/*" or "*/*":
                    return new ApiResponse(200, "application/json") { Body = Kept(Whole2, () => Document2().ToUtf8Bytes()) };
                case SwaggerProtobuf.MediaType or SwaggerProtobuf.AcceptedMediaType:
                    return new ApiResponse(200, SwaggerProtobuf.MediaType) { Body = Kept(Whole2Protobuf, () => SwaggerProtobuf.Encode(Document2())) };
            }
        }

        return ApiResponse.Text(406, "");
    }

    private JsonObject Document2() => OpenApiV2.Document(GroupVersions().Select(known => Document3(known.Group, known.Version)));

    private IEnumerable<(string Group, string Version)> GroupVersions() =>
        registry.GroupVersions().SelectMany(group => group.Select(version => (group.Key, version)));

    private byte[] Bytes(string group, string version) => Kept($"{group}/{version}", () => Document3(group, version).ToUtf8Bytes());

    private byte[] Kept(string key, Func<byte[]> make)
    {
        if (_generation != registry.Generation)
        {
            _known.Clear();
            _generation = registry.Generation;
        }

        if (!_known.TryGetValue(key, out var bytes)) _known.Add(key, bytes = make());
        return bytes;
    }

    private JsonObject Document3(string group, string version) => OpenApiV3.Document(group, version, [.. registry.Of(group, version).Select(type => new OpenApiKind
    {
        Kind = type.Kind,
        Plural = type.Plural,
        Namespaced = type.Namespaced,
        Schema = type.PublishedSchema,
        Subresources = [.. Subresource.Of(type).Where(sub => sub.Verbs.Contains("patch")).Select(sub => sub.Name)],
    })]);
}
