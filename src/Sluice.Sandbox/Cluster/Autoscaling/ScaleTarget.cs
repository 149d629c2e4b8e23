using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>What an autoscaler sees of its target: the scale subresource and the pods that its selector selects, and no more.</summary>
internal sealed class ScaleTarget
{
    private readonly IRawApi _api;
    private readonly string _path;
    private readonly JsonObject _scale;

    private ScaleTarget(IRawApi api, string path, JsonObject scale) => (_api, _path, _scale) = (api, path, scale);

    public int Replicas => (int?)_scale["spec"]?["replicas"] ?? 0;

    /// <summary>Empty where the target says none.</summary>
    public string Selector => (string?)_scale["status"]?["selector"] ?? "";

    /// <summary>Null where the API server serves no such kind.</summary>
    public static async Task<ScaleTarget?> FindAsync(IRawApi api, ResourceCatalog catalog, string ns, V2CrossVersionObjectReference reference, CancellationToken ct)
    {
        if (await catalog.FindAsync(reference.ApiVersion ?? "", reference.Kind ?? "", ct) is not { } resource) return null;
        var path = $"/{resource.Object(ns, reference.Name, "scale")}";
        return new ScaleTarget(api, path, (await api.SendAsync(RawRequest.Get(path), ct))!);
    }

    public async Task<IReadOnlyList<V1Pod>> PodsAsync(string ns, CancellationToken ct)
    {
        var list = await _api.SendAsync(RawRequest.Get($"/{KubernetesResource.Of<V1Pod>().Collection(ns)}?labelSelector={Uri.EscapeDataString(Selector)}"), ct);
        return list?.Deserialize(ModelsJsonContext.Default.KubernetesListV1Pod)?.Items ?? [];
    }

    /// <summary>Fenced by the version that was read.</summary>
    public async Task ScaleAsync(int replicas, CancellationToken ct)
    {
        var scale = (JsonObject)_scale.DeepClone();
        scale["spec"] = new JsonObject { ["replicas"] = replicas };
        await _api.SendAsync(JsonBody.Request(HttpMethod.Put, _path, scale), ct);
    }
}
