using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// A JSON patch (RFC 6902) of an object that a person owns: it says of each value what it was, and of the whole object which version it is of, so that nothing is
/// changed that was not looked at. By apply the operator would own fields that it must not.
/// </summary>
internal sealed class TestedPatch
{
    private readonly JsonArray operations = [];

    public TestedPatch(string? resourceVersion) => Add("test", "/metadata/resourceVersion", resourceVersion);

    /// <summary>Sets a value that was seen to be <paramref name="before"/>, or removes it where it is to be null; null where it was not there.</summary>
    public TestedPatch Set(string path, JsonNode? before, JsonNode? value)
    {
        if (before is not null) Add("test", path, before);
        return Add(value is null ? "remove" : before is null ? "add" : "replace", path, value);
    }

    /// <summary>A key of a map as a part of a JSON pointer (RFC 6901).</summary>
    public static string Segment(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <exception cref="KubernetesException">A conflict, when a test failed: the object is not what it was.</exception>
    public static async Task ApplyAsync<T>(IClusterWriter writer, NamespacedName key, TestedPatch patch, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        try
        {
            await writer.PatchAsync<T>(key, KubernetesPatch.Json(JsonSerializer.SerializeToUtf8Bytes(patch.operations, OperatorJsonContext.Default.JsonArray)), WriteOptions.Default, ct);
        }
        catch (KubernetesException failed) when (failed.IsInvalid && failed.Causes.Count == 0 && !failed.IsDeniedByAdmission)
        {
            // What the API server answers to a test that failed. A patch that breaks a rule of the kind names its causes.
            throw new KubernetesException(failed.Status with { Code = (int)HttpStatusCode.Conflict, Reason = "Conflict", Message = $"{key} is not as it was seen: {failed.Message}" }, failed);
        }
    }

    private TestedPatch Add(string operation, string path, JsonNode? value)
    {
        var item = new JsonObject { ["op"] = operation, ["path"] = path };
        if (value is not null) item["value"] = value;
        operations.Add((JsonNode)item);
        return this;
    }
}
