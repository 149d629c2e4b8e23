using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The generic verbs on a resource, its objects and their status.</summary>
internal sealed class ResourceEndpoint(ObjectReader reader, ObjectWriter writer, ObjectRemover remover, ResponseEncoder encoder, TimeProvider time)
{
    public ApiResponse Get(RestRequest rest) => encoder.Object(rest, 200, rest.Type.FromStorage(Find(rest).Value));

    public ApiResponse List(RestRequest rest) => encoder.List(rest, reader.List(rest));

    public ApiResponse Watch(RestRequest rest) => new(200, "application/json") { Watch = reader.Watch(rest) };

    public ApiResponse Create(RestRequest rest)
    {
        var result = writer.Create(rest, ObjectDecoder.Decode(rest), ownsManagedFields: false);
        return encoder.Object(rest, 201, result.Value);
    }

    public ApiResponse Update(RestRequest rest)
    {
        var value = ObjectDecoder.Decode(rest);
        CheckName(rest, value);
        if (rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) is { } stored)
        {
            return encoder.Object(rest, 200, writer.Update(rest, stored, value, ownsManagedFields: false).Value);
        }

        if (!rest.Type.Rules.AllowsCreateOnUpdate || rest.Subresource is not null || value.Metadata().Has("uid")) throw rest.NotFound();
        value.Metadata().Remove("resourceVersion");
        return encoder.Object(rest, 201, writer.Create(rest, value, ownsManagedFields: false).Value);
    }

    public ApiResponse Patch(RestRequest rest)
    {
        var media = BodyReader.MediaType(rest.Api.ContentType);
        if (media == Patcher.ApplyYaml) return Apply(rest);
        var known = media is Patcher.JsonPatch or Patcher.MergePatch || (media == Patcher.StrategicMerge && !rest.Type.IsCustom);
        if (!known) throw Patcher.Unsupported(rest.Type);
        var stored = Find(rest);
        var current = rest.Type.FromStorage(stored.Value);
        var patched = Patcher.Patch(rest.Type, media, current, rest.Api.Body);
        ObjectDecoder.CheckTypeMeta(rest.Type, patched);
        if (ObjectDecoder.Undecodable(rest.Type, patched) is { } why) throw RefusedPatch(rest, patched, why);
        if (ObjectDecoder.PruneUnknownFields(rest, patched) is { } strict) throw RefusedPatch(rest, patched, strict);
        CheckName(rest, patched);
        return encoder.Object(rest, 200, writer.Update(rest, stored, patched, ownsManagedFields: false).Value);
    }

    public ApiResponse Delete(RestRequest rest)
    {
        var result = remover.Delete(rest, Find(rest), DeleteOptions.Read(rest));
        return result.Gone && !rest.Type.Rules.ReturnsDeletedObject ? Deleted(rest.Type, result.Value) : encoder.Object(rest, 200, result.Value);
    }

    public ApiResponse DeleteCollection(RestRequest rest)
    {
        var options = DeleteOptions.Read(rest) with { Uid = null, ResourceVersion = null };
        var page = reader.List(rest);
        foreach (var item in page.Items) remover.Delete(rest, item, options);
        return encoder.List(rest, page);
    }

    private ApiResponse Apply(RestRequest rest)
    {
        if (rest.Api.Parameter("fieldManager") is null)
        {
            throw ApiStatus.Invalid("meta.k8s.io", "PatchOptions", "",
                [FieldError.Required("fieldManager", "is required for apply patch")]).ToException();
        }

        var applied = ObjectDecoder.Parse(rest, rest.Api.Body);
        ObjectDecoder.CheckTypeMeta(rest.Type, applied);
        if (ObjectDecoder.Undecodable(rest.Type, applied) is { } why) throw ObjectDecoder.CannotBeHandled(rest.Type, why);
        CheckName(rest, applied);
        var stored = rest.Type.Store.Find(rest.StoreNamespace, rest.Name!);
        if (stored is null && rest.Subresource is not null) throw rest.NotFound();
        CheckAppliedVersion(rest, stored, applied);
        var merged = Merged(rest, stored, applied);
        if (stored is null)
        {
            merged.Metadata()["name"] = rest.Name;
            return encoder.Object(rest, 201, writer.Create(rest, merged, ownsManagedFields: true).Value);
        }

        return encoder.Object(rest, 200, writer.Update(rest, stored, merged, ownsManagedFields: true).Value);
    }

    private JsonObject Merged(RestRequest rest, StoredObject? stored, JsonObject applied)
    {
        var live = stored is null ? null : rest.Type.FromStorage(stored.Value);
        var options = new ApplyOptions
        {
            Manager = rest.FieldManager,
            Force = rest.Api.Flag("force"),
            ApiVersion = rest.Type.ApiVersion,
            Subresource = rest.Subresource ?? "",
            Schema = rest.Type.Schema,
            Now = time.GetUtcNow(),
        };
        return ServerSideApply.Apply(live, applied, options) switch
        {
            ApplyResult.Merged merged => merged.Object,
            ApplyResult.Conflicting conflict => throw new ApiStatus(409, "Conflict", conflict.Message) { Causes = conflict.Causes }.ToException(),
            ApplyResult.BadRequest bad => throw ApiStatus.BadRequest(bad.Message).ToException(),
            ApplyResult.Failed failed => throw new ApiStatus(500, null, failed.Message) { HasDetails = false }.ToException(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static void CheckAppliedVersion(RestRequest rest, StoredObject? stored, JsonObject applied)
    {
        if (ObjectMetaRules.ResourceVersion(applied.Metadata()) is not { } version) return;
        if (stored is null || version != stored.ResourceVersion) throw ApiStatus.Modified(rest.Type.Group, rest.Type.Plural, rest.Name!).ToException();
    }

    private static StoredObject Find(RestRequest rest) => rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) ?? throw rest.NotFound();

    private static void CheckName(RestRequest rest, JsonObject value)
    {
        var name = value.Name();
        if (name.Length == 0 && rest.Verb == "update")
        {
            throw ApiStatus.BadRequest($"the name of the object ({rest.Name} based on URL) was undeterminable: name must be provided").ToException();
        }

        if (name.Length > 0 && name != rest.Name)
        {
            throw ApiStatus.BadRequest($"the name of the object ({name}) does not match the name on the URL ({rest.Name})").ToException();
        }

        var given = value.Metadata().String("namespace") ?? "";
        if (given.Length > 0 && given != rest.StoreNamespace)
        {
            throw ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request").ToException();
        }
    }

    /// <summary>Kubernetes shows the whole patched object when its kind cannot hold it, and of a strategic patch the patch, as Go prints it.</summary>
    private static StatusException RefusedPatch(RestRequest rest, JsonObject patched, string why)
    {
        var isStrategic = BodyReader.MediaType(rest.Api.ContentType) == Patcher.StrategicMerge;
        var text = Names.Quote(isStrategic
            ? GoText.Of(BodyReader.Parse(rest.Api.Body, yaml: false))
            : System.Text.Encoding.UTF8.GetString(patched.ToUtf8Bytes()));
        return ApiStatus.Invalid("", "", "", [FieldError.Invalid("patch", text, why)]).ToException();
    }

    private static ApiResponse Deleted(ResourceType type, JsonObject value)
    {
        var details = new JsonObject { ["name"] = value.Name() };
        if (type.Group.Length > 0) details["group"] = type.Group;
        details["kind"] = type.Plural;
        details["uid"] = value.Metadata().String("uid");
        return ApiResponse.Json(200, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }
}
