using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The generic verbs on a resource, its objects and their status.</summary>
internal sealed class ResourceEndpoint(ObjectReader reader, ObjectWriter writer, ObjectRemover remover, ResponseEncoder encoder, TimeProvider time)
{
    public ApiResponse Get(RestRequest rest)
    {
        reader.CheckVersion(rest);
        return encoder.Object(rest, 200, rest.Type.FromStorage(Find(rest).Value));
    }

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
        var patched = Patcher.Patch(rest.Type, media, current, rest.Api.Body, rest.DuplicateFields);
        rest.MayHaveDoubles = rest.Type.IsCustom;
        if (rest.Type.IsCustom && patched.String("kind") is null)
        {
            throw Patcher.Undecodable(patched, $"Object 'Kind' is missing in '{Encoding.UTF8.GetString(patched.ToUtf8Bytes())}'");
        }

        if (rest.Type.IsCustom && patched.String("apiVersion") is { } version && version != rest.Type.ApiVersion)
        {
            throw ApiStatus.Invalid(
                RequestPath.GroupOf(version), patched.String("kind")!, rest.Name!,
                [FieldError.Invalid("apiVersion", Names.Quote(version), $"must be {rest.Type.ApiVersion}")]).ToException();
        }

        ObjectDecoder.CheckTypeMeta(rest.Type, patched);
        if (ObjectDecoder.Undecodable(rest.Type, patched) is { } why) throw UndecodablePatch(rest, media, patched, why);
        var whole = rest.FieldValidation == FieldValidation.Strict ? patched.Copy() : patched;
        ObjectDecoder.CheckUnknownFields(rest, patched, why => UndecodablePatch(rest, media, whole, why));
        CheckName(rest, patched);
        return encoder.Object(rest, 200, writer.Update(rest, stored, patched, ownsManagedFields: false).Value);
    }

    public ApiResponse Delete(RestRequest rest)
    {
        var options = DeleteOptions.Read(rest);
        var result = remover.Delete(rest, Find(rest), options);
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
        var applied = AppliedConfiguration.Read(rest);
        CheckName(rest, applied);
        var stored = rest.Type.Store.Find(rest.StoreNamespace, rest.Name!);
        if (stored is null && rest.Subresource is not null) throw rest.NotFound();
        if (stored is null && applied.Metadata().String("uid") is { Length: > 0 } uid)
        {
            throw ApiStatus.Conflict(rest.Type.Group, rest.Type.Plural, rest.Name!,
                $"uid mismatch: the provided object specified uid {uid}, and no existing object was found").ToException();
        }

        CheckAppliedVersion(rest, stored, applied);
        var merged = Merged(rest, stored, applied);
        if (rest.Type is { IsCustom: false, Schema: { } schema }) GoForm.Apply(schema, merged);
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
        return MergedOrThrow(ServerSideApply.Apply(live, applied, ApplyOptionsOf(rest, time.GetUtcNow())));
    }

    internal static ApplyOptions ApplyOptionsOf(RestRequest rest, DateTimeOffset now) => new()
    {
        Manager = rest.FieldManager,
        Force = rest.Api.Flag("force"),
        ApiVersion = rest.Type.ApiVersion,
        Subresource = rest.Subresource ?? "",
        IgnoredFields = IgnoredFields(rest),
        Schema = rest.Type.Schema,
        Now = now,
    };

    // Spec and status each belong to an endpoint of their own; the status of a custom resource leaves its metadata alone too.
    private static string[] IgnoredFields(RestRequest rest) => (rest.Subresource, rest.Type) switch
    {
        ("status", { IsCustom: true }) => ["spec", "metadata"],
        ("status", _) => ["spec"],
        (null, { HasStatus: true }) => ["status"],
        _ => [],
    };

    internal static JsonObject MergedOrThrow(ApplyResult result) => result switch
    {
        ApplyResult.Merged merged => merged.Object,
        ApplyResult.Conflicting conflict => throw new ApiStatus(409, "Conflict", conflict.Message) { Causes = conflict.Causes }.ToException(),
        ApplyResult.BadRequest bad => throw ApiStatus.BadRequest(bad.Message).ToException(),
        ApplyResult.Failed failed => throw new ApiStatus(500, null, failed.Message) { HasDetails = false }.ToException(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void CheckAppliedVersion(RestRequest rest, StoredObject? stored, JsonObject applied)
    {
        if (ObjectMetaRules.ResourceVersion(applied.Metadata()) is not { } version) return;
        if (stored is not null && version != stored.ResourceVersion) throw ApiStatus.Modified(rest.Type.Group, rest.Type.Plural, rest.Name!).ToException();
    }

    private static StoredObject Find(RestRequest rest) => rest.Type.Store.Find(rest.StoreNamespace, rest.Name!) ?? throw rest.NotFound();

    private static void CheckName(RestRequest rest, JsonObject value)
    {
        var name = value.Name();
        if (name.Length == 0 && rest.Verb is "update" or "patch")
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

    // Of a strategic merge the patch is shown, of any other what came out of it.
    private static StatusException UndecodablePatch(RestRequest rest, string media, JsonObject patched, string why) => media == Patcher.StrategicMerge
        ? ApiStatus.Invalid("", "", "", [FieldError.Invalid("patch", Names.Quote(GoText.Of(BodyReader.Parse(rest.Api.Body, yaml: false))), why)]).ToException()
        : Patcher.Undecodable(patched, why);

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
