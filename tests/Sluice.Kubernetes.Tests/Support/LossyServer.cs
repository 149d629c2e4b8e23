using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>An API server of pods whose watches lose what they are told to. It lists whole objects, names and versions alone, and single objects by name.</summary>
public sealed class LossyServer
{
    public const string MetadataList = "application/json; as=PartialObjectMetadataList; g=meta.k8s.io; v=v1";

    private readonly ConcurrentDictionary<string, string> pods = new();
    private int version = 10;
    private ScriptedStream stream = new();

    /// <summary>What the pages of a list are of.</summary>
    private List<KeyValuePair<string, string>> listed = [];

    /// <summary>Answers a list of names and versions in the server's stead.</summary>
    public Func<SeenRequest, HttpResponseMessage?> OnMetadataList { get; set; } = static _ => null;

    /// <summary>How many watches were opened.</summary>
    public int Watches { get; private set; }

    public string Version => version.ToString(CultureInfo.InvariantCulture);

    public static bool IsMetadataList(SeenRequest request) => request.Accept == MetadataList;

    public static bool IsLiveRead(SeenRequest request) => request.Parameter("fieldSelector") is not null;

    /// <summary>Creates or changes a pod; the watch says so unless the event is lost.</summary>
    public LossyServer Put(string name, bool lost = false)
    {
        var existed = pods.ContainsKey(name);
        pods[name] = Next();
        return lost ? this : Tell(Event(existed ? "MODIFIED" : "ADDED", Pod(name, Version)));
    }

    public LossyServer Delete(string name, bool lost = false)
    {
        pods.TryRemove(name, out _);
        var deleted = Pod(name, Next());
        return lost ? this : Tell(Event("DELETED", deleted));
    }

    /// <summary>Sends a line on the open watch.</summary>
    public LossyServer Tell(string line)
    {
        stream.Line(line);
        return this;
    }

    /// <summary>A sign of life; like a real one it claims that everything before it was sent.</summary>
    public LossyServer Bookmark() => Tell(Wire.Bookmark(Version));

    public Task<HttpResponseMessage> AnswerAsync(SeenRequest request, CancellationToken ct) => Task.FromResult(
        request.Parameter("watch") == "true" ? Watch(request)
        : IsMetadataList(request) ? OnMetadataList(request) ?? NamesAndVersions(request)
        : Ok(List(request, partial: false)));

    public HttpResponseMessage NamesAndVersions(SeenRequest request) => Ok(List(request, partial: true));

    public HttpResponseMessage WholeObjects(SeenRequest request) => Ok(List(request, partial: false));

    private static HttpResponseMessage Ok(string body) => ScriptedApi.Answer(HttpStatusCode.OK, body);

    private HttpResponseMessage Watch(SeenRequest request)
    {
        Watches++;
        stream = new ScriptedStream();
        if (request.Parameter("sendInitialEvents") == "true")
        {
            foreach (var (name, at) in pods.OrderBy(pod => pod.Key, StringComparer.Ordinal))
                stream.Line(Event("ADDED", Pod(name, at)));

            stream.Line(InitialEnd(Version));
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) };
    }

    private string List(SeenRequest request, bool partial)
    {
        var named = request.Parameter("fieldSelector")?["metadata.name=".Length..];
        if (request.Parameter("continue") is null)
            listed = [.. pods.Where(pod => named is null || pod.Key == named).OrderBy(pod => pod.Key, StringComparer.Ordinal)];

        var all = listed;
        var from = int.Parse(request.Parameter("continue") ?? "0", CultureInfo.InvariantCulture);
        var limit = int.Parse(request.Parameter("limit") ?? "100000", CultureInfo.InvariantCulture);
        var list = new JsonObject
        {
            ["kind"] = partial ? "PartialObjectMetadataList" : "PodList",
            ["apiVersion"] = partial ? "meta.k8s.io/v1" : "v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = Version, ["continue"] = from + limit < all.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : "" },
            ["items"] = all.Count == 0 && partial ? null : new JsonArray([.. all.Skip(from).Take(limit).Select(pod => JsonNode.Parse(Pod(pod.Key, pod.Value)))]),
        };
        return list.ToJsonString(JsonSerializerOptions.Web);
    }

    private string Next() => (++version).ToString(CultureInfo.InvariantCulture);
}
