using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The scale subresource: an autoscaling/v1 Scale that shows and sets the replicas of its parent.</summary>
internal sealed class ScaleEndpoint(ObjectWriter writer, ResponseEncoder encoder, TimeProvider time)
{
    private static readonly StructuralSchema Schema = BuiltinSchemas.Find("autoscaling", "v1", "Scale")!;

    public ApiResponse Get(RestRequest rest)
    {
        var value = Find(rest).Value;
        if (rest.Type.IsCustom && Read(value, rest.Type.Scale!.SpecReplicas) is null)
        {
            throw ApiStatus.InternalError($"the spec replicas field \".{rest.Type.Scale!.SpecReplicas}\" does not exist").ToException();
        }

        return encoder.Scale(rest, Scale(rest.Type, value));
    }

    public ApiResponse Update(RestRequest rest)
    {
        var scale = ObjectDecoder.Parse(rest, rest.Api.Body);
        if (scale.String("kind") is not (null or "Scale"))
        {
            throw ApiStatus.BadRequest($"{scale.String("kind")} in version {Names.Quote(scale.String("apiVersion") ?? "")} cannot be handled as a Scale").ToException();
        }

        if (GoDecoding.FirstMismatch(Schema, scale) is { } why)
        {
            throw ApiStatus.BadRequest($"Scale in version \"v1\" cannot be handled as a Scale: {why}").ToException();
        }

        return Write(rest, scale);
    }

    public ApiResponse Patch(RestRequest rest)
    {
        var media = BodyReader.MediaType(rest.Api.ContentType);
        if (media == Patcher.ApplyYaml) return Apply(rest);
        var current = Scale(rest.Type, Find(rest).Value);
        // A Scale has no lists, so a strategic merge of it is a merge.
        var patched = media == Patcher.StrategicMerge && !rest.Type.IsCustom
            ? (JsonObject)Patcher.Merge(current, ObjectDecoder.Parse(rest, rest.Api.Body))!
            : Patcher.Patch(rest.Type, media, current, rest.Api.Body);
        if (GoDecoding.FirstMismatch(Schema, patched) is { } why) throw Patcher.Undecodable(patched, why);
        return Write(rest, patched);
    }

    /// <summary>The applier owns the replicas of the parent, by this subresource.</summary>
    private ApiResponse Apply(RestRequest rest)
    {
        var stored = Find(rest);
        var scale = ObjectDecoder.Parse(rest, rest.Api.Body);
        if (GoDecoding.FirstMismatch(Schema, scale) is { } why) throw new ApiStatus(500, null, why) { HasDetails = false }.ToException();
        CheckReplicas(rest, scale);
        var intent = new JsonObject { ["apiVersion"] = rest.Type.ApiVersion, ["kind"] = rest.Type.Kind, ["metadata"] = new JsonObject { ["name"] = rest.Name } };
        if (scale.Object("spec").Integer("replicas") is { } replicas) Set(intent, rest.Type.Scale!.SpecReplicas, replicas);
        var options = ResourceEndpoint.ApplyOptionsOf(rest, time.GetUtcNow());
        var merged = ResourceEndpoint.MergedOrThrow(ServerSideApply.Apply(rest.Type.FromStorage(stored.Value), intent, options));
        return encoder.Scale(rest, Scale(rest.Type, writer.Update(rest, stored, merged, ownsManagedFields: true).Value));
    }

    private ApiResponse Write(RestRequest rest, JsonObject scale)
    {
        var stored = Find(rest);
        if (scale.Name() is { Length: > 0 } name && name != rest.Name)
        {
            throw ApiStatus.BadRequest($"the name of the object ({name}) does not match the name on the URL ({rest.Name})").ToException();
        }

        var replicas = CheckReplicas(rest, scale);
        var parent = rest.Type.FromStorage(stored.Value).Copy();
        Set(parent, rest.Type.Scale!.SpecReplicas, replicas);
        parent.Metadata()["resourceVersion"] = scale.Metadata().String("resourceVersion");
        var result = writer.Update(rest, stored, parent, ownsManagedFields: false);
        return encoder.Scale(rest, Scale(rest.Type, result.Value));
    }

    private static long CheckReplicas(RestRequest rest, JsonObject scale)
    {
        var replicas = scale.Object("spec").Integer("replicas") ?? 0;
        if (replicas >= 0) return replicas;
        var type = rest.Type;
        throw (type.IsCustom
            ? ApiStatus.Invalid(type.Group, type.Kind, rest.Name!,
                [FieldError.Invalid("." + type.Scale!.SpecReplicas, $"{replicas}", "should be a non-negative integer")])
            : ApiStatus.Invalid("autoscaling", "Scale", rest.Name!,
                [FieldError.Invalid("spec.replicas", $"{replicas}", "must be greater than or equal to 0")])).ToException();
    }

    private static StoredObject Find(RestRequest rest) => rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) ?? throw rest.NotFound();

    private static JsonObject Scale(ResourceType type, JsonObject value)
    {
        var metadata = new JsonObject();
        foreach (var key in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (value.Metadata()[key] is { } part) metadata[key] = part.DeepClone();
        }

        var status = new JsonObject { ["replicas"] = Read(value, type.Scale!.StatusReplicas).AsInteger() ?? 0 };
        if (Selector(type, value) is { Length: > 0 } selector) status["selector"] = selector;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = Read(value, type.Scale.SpecReplicas).AsInteger() is > 0 and var replicas ? new JsonObject { ["replicas"] = replicas } : new JsonObject(),
            ["status"] = status,
        };
    }

    // Built-in kinds report the selector of their spec as text; custom kinds name a field that holds such text.
    private static string? Selector(ResourceType type, JsonObject value)
    {
        if (type.Scale!.Selector is not { } path) return null;
        return Read(value, path) is JsonObject selector ? LabelSelector.FromSpec(selector).ToString() : Read(value, path).AsText();
    }

    private static JsonNode? Read(JsonObject value, string path)
    {
        JsonNode? node = value;
        foreach (var part in path.Split('.')) node = (node as JsonObject)?[part];
        return node;
    }

    private static void Set(JsonObject value, string path, long replicas)
    {
        var parts = path.Split('.');
        foreach (var part in parts[..^1]) value = value.Ensure(part);
        value[parts[^1]] = replicas;
    }
}
