using System.Text.Json.Nodes;
using Microsoft.AspNetCore.JsonPatch;
using Microsoft.AspNetCore.JsonPatch.Exceptions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Patches that are computed from the stored object: JSON patch, merge patch and strategic merge patch.</summary>
internal static class Patcher
{
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicMerge = "application/strategic-merge-patch+json";
    public const string ApplyYaml = "application/apply-patch+yaml";

    // More operations than this are refused, as by Kubernetes.
    private const int MostOperations = 10_000;

    /// <summary>The patched object; the stored one stays as it is.</summary>
    public static JsonObject Patch(ResourceType type, string mediaType, JsonObject current, ReadOnlyMemory<byte> body)
    {
        var patch = Parse(body);
        return (mediaType, patch) switch
        {
            (JsonPatch, JsonArray operations) => ApplyOperations(current, operations),
            (MergePatch, JsonObject changes) => (JsonObject)Merge(current.Copy(), changes)!,
            (StrategicMerge, JsonObject changes) when type is { IsCustom: false, Schema: { } schema } => StrategicMergePatch.Apply(current, changes, schema),
            (StrategicMerge, JsonObject changes) when !type.IsCustom => (JsonObject)Merge(current.Copy(), changes)!,
            (JsonPatch or MergePatch or StrategicMerge, _) => throw ApiStatus.BadRequest("error decoding patch: json: cannot unmarshal into Go value").ToException(),
            _ => throw Unsupported(type),
        };
    }

    public static StatusException Unsupported(ResourceType type) => ObjectDecoder.UnsupportedMediaType(type.IsCustom
        ? $"{JsonPatch}, {MergePatch}, {ApplyYaml}"
        : $"{JsonPatch}, {MergePatch}, {StrategicMerge}, {ApplyYaml}");

    /// <summary>RFC 7386: null removes, objects merge, anything else replaces.</summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (key, change) in changes)
        {
            if (change is null) result.Remove(key);
            else if (change is JsonObject && result[key] is JsonObject nested) Merge(nested, change);
            else result[key] = Merge(null, change);
        }

        return result;
    }

    private static JsonNode? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return BodyReader.Parse(body, yaml: false);
        }
        catch (FormatException failure)
        {
            throw ApiStatus.BadRequest("error decoding patch: " + failure.Message).ToException();
        }
    }

    private static JsonObject ApplyOperations(JsonObject current, JsonArray operations)
    {
        if (operations.Count > MostOperations)
        {
            throw new ApiStatus(413, "RequestEntityTooLarge",
                $"Request entity is too large: The allowed maximum operations in a JSON patch is {MostOperations}, got {operations.Count}").ToException();
        }

        foreach (var operation in operations) CheckOperation(operation);
        try
        {
            var document = JsonConvert.DeserializeObject<JsonPatchDocument>(operations.ToJsonString(), Reading) ?? new JsonPatchDocument();
            var target = JsonConvert.DeserializeObject<JObject>(current.ToJsonString(), Reading)!;
            document.ApplyTo(target);
            return (JsonObject)JsonNode.Parse(target.ToString(Formatting.None))!;
        }
        catch (Exception failure) when (failure is JsonPatchException or JsonException or ArgumentException or InvalidOperationException)
        {
            // The real server says no more than this, be it a failed test or a path that is not there.
            throw new ApiStatus(422, "Invalid", "the server rejected our request due to an error in our request").ToException();
        }
    }

    private static void CheckOperation(JsonNode? operation)
    {
        var isKnown = operation.String("op") is "add" or "remove" or "replace" or "move" or "copy" or "test";
        var isPlaced = operation.String("path") is { } path && (path.Length == 0 || path[0] == '/');
        var isSourced = operation.String("op") is not ("move" or "copy") || operation.String("from") is not null;
        if (!isKnown || !isPlaced || !isSourced) throw ApiStatus.BadRequest("error decoding patch: unexpected kind, path or source of an operation").ToException();
    }

    // Times stay the text that they are.
    private static readonly JsonSerializerSettings Reading = new() { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
}
