using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The scale subresource: an autoscaling/v1 Scale that shows and sets the replicas of its parent.</summary>
internal sealed class ScaleEndpoint(ObjectWriter writer, ResponseEncoder encoder)
{
    public ApiResponse Get(RestRequest rest) => encoder.Scale(rest, Scale(rest.Type, Find(rest).Value));

    public ApiResponse Update(RestRequest rest) => Write(rest, ObjectDecoder.Parse(rest, rest.Api.Body));

    public ApiResponse Patch(RestRequest rest)
    {
        var media = BodyReader.MediaType(rest.Api.ContentType);
        var current = Scale(rest.Type, Find(rest).Value);
        // A Scale has no lists, so a strategic merge of it is a merge; an apply configuration of it likewise.
        var patched = media is Patcher.StrategicMerge or Patcher.ApplyYaml
            ? (JsonObject)Patcher.Merge(current, ObjectDecoder.Parse(rest, rest.Api.Body))!
            : Patcher.Patch(rest.Type, media, current, rest.Api.Body);
        return Write(rest, patched);
    }

    private ApiResponse Write(RestRequest rest, JsonObject scale)
    {
        var stored = Find(rest);
        var replicas = scale.Object("spec").Integer("replicas") ?? 0;
        if (replicas < 0)
        {
            throw ApiStatus.Invalid("autoscaling", "Scale", rest.Name!,
                [FieldError.Invalid("spec.replicas", $"{replicas}", "must be greater than or equal to 0")]).ToException();
        }

        var parent = rest.Type.FromStorage(stored.Value).Copy();
        Set(parent, rest.Type.Scale!.SpecReplicas, replicas);
        parent.Metadata()["resourceVersion"] = scale.Metadata().String("resourceVersion");
        var result = writer.Update(rest, stored, parent, ownsManagedFields: false);
        return encoder.Scale(rest, Scale(rest.Type, result.Value));
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
            ["spec"] = new JsonObject { ["replicas"] = Read(value, type.Scale.SpecReplicas).AsInteger() ?? 0 },
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
