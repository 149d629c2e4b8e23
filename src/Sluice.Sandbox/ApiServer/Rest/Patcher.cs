using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.JsonPatch;
using Microsoft.AspNetCore.JsonPatch.Exceptions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

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
    public static JsonObject Patch(ResourceType type, string mediaType, JsonObject current, ReadOnlyMemory<byte> body, List<string>? duplicates = null)
    {
        var patch = Parse(mediaType, body, mediaType == JsonPatch ? null : duplicates);
        if (type.IsCustom && GoNumbers.FirstBeyondDoubles(patch) is { } literal)
        {
            var target = mediaType == JsonPatch ? "struct field jsonPatchOp.value" : "value";
            throw ApiStatus.BadRequest("error decoding patch: " + ObjectDecoder.BeyondDoubles(literal, target)).ToException();
        }

        return (mediaType, patch) switch
        {
            (JsonPatch, JsonArray operations) => ApplyOperations(current, operations),
            (MergePatch, JsonObject changes) => (JsonObject)Merge(current.Copy(), changes)!,
            (StrategicMerge, JsonObject changes) when type is { IsCustom: false, Schema: { } schema } => Strategic(current, changes, schema),
            (StrategicMerge, JsonObject changes) when !type.IsCustom => (JsonObject)Merge(current.Copy(), changes)!,
            (MergePatch, null) => throw ApiStatus.BadRequest("Invalid JSON Patch").ToException(),
            (JsonPatch, _) => throw ApiStatus.BadRequest(
                $"error decoding patch: json: cannot unmarshal {ObjectDecoder.GoKind(patch)} into Go value of type []handlers.jsonPatchOp").ToException(),
            (MergePatch, _) => throw ApiStatus.BadRequest("error decoding patch: " + NotAnObject(patch)).ToException(),
            (StrategicMerge, _) => throw ApiStatus.BadRequest(NotAnObject(patch)).ToException(),
            _ => throw Unsupported(type),
        };
    }

    private static string NotAnObject(JsonNode? patch) => $"json: cannot unmarshal {ObjectDecoder.GoKind(patch)} into Go value of type map[string]interface {{}}";

    private static JsonObject Strategic(JsonObject current, JsonObject changes, StructuralSchema schema)
    {
        try
        {
            return StrategicMergePatch.Apply(current, changes, schema);
        }
        catch (StrategicMergePatchException failure)
        {
            // A malformed directive is the client's fault; of a list that cannot be merged the real server says no more than that.
            var status = failure.Message.StartsWith("invalid patch format", StringComparison.Ordinal)
                ? ApiStatus.BadRequest(failure.Message)
                : new ApiStatus(500, null, failure.Message) { HasDetails = false };
            throw status.ToException();
        }
    }

    public static StatusException Unsupported(ResourceType type) => ObjectDecoder.UnsupportedMediaType(type.IsCustom
        ? $"{JsonPatch}, {MergePatch}, {ApplyYaml}"
        : $"{JsonPatch}, {MergePatch}, {StrategicMerge}, {ApplyYaml}");

    /// <summary>Kubernetes shows the whole patched object when its kind cannot hold it.</summary>
    public static StatusException Undecodable(JsonObject patched, string why)
    {
        var text = Names.Quote(Encoding.UTF8.GetString(patched.ToUtf8Bytes()));
        return ApiStatus.Invalid("", "", "", [FieldError.Invalid("patch", text, why)]).ToException();
    }

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

    private static JsonNode? Parse(string mediaType, ReadOnlyMemory<byte> body, List<string>? duplicates)
    {
        try
        {
            return BodyReader.Parse(body, yaml: false, duplicates);
        }
        catch (FormatException failure)
        {
            throw ApiStatus.BadRequest((mediaType == StrategicMerge ? "" : "error decoding patch: ") + failure.Message).ToException();
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
            var target = JsonConvert.DeserializeObject<JToken>(current.ToJsonString(), Reading)!;
            foreach (var operation in operations.DeepClone().AsArray()) target = ApplyOperation(target, operation!.AsObject());
            return (JsonObject)JsonNode.Parse(target.ToString(Formatting.None))!;
        }
        catch (Exception failure) when (failure is JsonPatchException or JsonException or ArgumentException or InvalidOperationException)
        {
            // The real server says no more than this, be it a failed test or a path that is not there.
            throw new ApiStatus(422, "Invalid", "the server rejected our request due to an error in our request").ToException();
        }
    }

    // Where the real server is more lenient than RFC 6902 and the library, or more exact: the whole document, tests for null, indexes from the end.
    private static JToken ApplyOperation(JToken target, JsonObject operation)
    {
        var (kind, path) = (operation.String("op")!, operation.String("path")!);
        if (path.Length == 0 && kind is "replace" or "add") return JsonConvert.DeserializeObject<JToken>(operation["value"]?.ToJsonString() ?? "null", Reading) ?? JValue.CreateNull();
        if (path.Length == 0 || path[0] != '/') throw new InvalidOperationException($"not a path of an operation: {path}");
        if (kind == "test" && operation["value"] is null)
        {
            return Find(target, path) is null or { Type: JTokenType.Null } ? target : throw new InvalidOperationException($"{path} is not null");
        }

        if (kind == "add" && path.EndsWith("/-1", StringComparison.Ordinal)) operation["path"] = path[..^1].TrimEnd('-') + "-";
        JsonConvert.DeserializeObject<JsonPatchDocument>($"[{operation.ToJsonString()}]", Reading)!.ApplyTo(target);
        return target;
    }

    private static JToken? Find(JToken? token, string path)
    {
        foreach (var part in path.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            token = token switch
            {
                JObject fields => fields[part],
                JArray items when int.TryParse(part, out var index) && index >= 0 && index < items.Count => items[index],
                _ => null,
            };
        }

        return token;
    }

    private static void CheckOperation(JsonNode? operation)
    {
        var kind = operation.String("op");
        string? problem = null;
        if (kind is not ("add" or "remove" or "replace" or "move" or "copy" or "test")) problem = "unsupported operation";
        else if (operation.String("path") is null) problem = "failed to decode 'path': operation missing path field: missing value";
        else if (kind is "add" or "replace" && !operation!.AsObject().ContainsKey("value")) problem = "failed to decode 'value': operation, missing value field: missing value";
        else if (kind is "move" or "copy" && operation.String("from") is null) problem = "failed to decode 'from': operation, missing from field: missing value";
        if (problem is not null) throw ApiStatus.BadRequest($"invalid operation {operation?.ToJsonString() ?? "null"}: {problem}").ToException();
    }

    // Times stay the text that they are.
    private static readonly JsonSerializerSettings Reading = new() { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
}
