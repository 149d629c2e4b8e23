using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Apply;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What a write leaves behind, in the version of the request.</summary>
internal sealed record WriteResult(JsonObject Value, bool Created);

/// <summary>The life of an object: creation and update, from a decoded body to a commit. See <see cref="ObjectRemover"/> for its end.</summary>
internal sealed class ObjectWriter(
    ObjectCommitter committer, CreationGuard guard, TimeProvider time, IdSource ids, Func<string, bool> tracksManagers)
{
    public WriteResult Create(RestRequest rest, JsonObject value, bool ownsManagedFields)
    {
        SetNamespace(rest, value);
        guard.CheckCreate(rest, value);
        PrepareIdentity(rest, value);
        ObjectDecoder.MergeOwners(rest, value);
        var type = rest.Type;
        Complete(type, value, keepsNulls: ownsManagedFields);
        if (type.HasStatus) ResetStatus(type, value);
        type.Rules.PrepareForCreate(value, new RuleContext(time.GetUtcNow(), ids));
        if (type.Rules.TracksGeneration) value.Metadata()["generation"] = 1;
        Check(type, value, null);
        rest.Warnings.AddRange(type.Rules.Warnings(value));
        if (type.Store.Find(rest.StoreNamespace, value.Name()) is { } taken) throw AlreadyExists(type, taken);
        if (!ownsManagedFields)
        {
            value = AccountCreation(rest, value);
        }

        type.Rules.Complete(value);
        return new WriteResult(rest.DryRun ? value : committer.Commit(rest, WatchEventType.Added, null, value), Created: true);
    }

    /// <summary>
    /// Replaces the stored object by <paramref name="value"/>, or only its status where that is the subresource. The outcome of an apply
    /// <paramref name="ownsManagedFields"/>: it carries its own account of managers.
    /// </summary>
    public WriteResult Update(RestRequest rest, StoredObject stored, JsonObject value, bool ownsManagedFields)
    {
        var type = rest.Type;
        var old = type.FromStorage(stored.Value);
        CheckVersion(rest, stored, value);
        ObjectDecoder.MergeOwners(rest, value);
        value = rest.Subresource == "status" ? WithStatusOf(type, old, value) : WithoutStatusOf(type, old, value);
        KeepSystemFields(value, old);
        Complete(type, value, keepsNulls: ownsManagedFields);
        if (rest.Subresource is null or "scale") type.Rules.PrepareForUpdate(value, old);
        if (type.Rules.TracksGeneration) value.Metadata()["generation"] = Generation(type, value, old);
        Check(type, value, old);
        if (!JsonNode.DeepEquals(value["spec"], old["spec"])) rest.Warnings.AddRange(type.Rules.Warnings(value));
        type.Rules.Complete(value);
        value = Account(rest, old, value, ownsManagedFields);
        if (ReferenceEquals(value, old)) return new WriteResult(old, Created: false);
        if (rest.DryRun) return new WriteResult(value, Created: false);
        return IsFinished(type, value)
            ? new WriteResult(committer.Remove(rest, stored, value), Created: false)
            : new WriteResult(committer.Commit(rest, WatchEventType.Modified, stored, value), Created: false);
    }

    /// <summary>Stores a pod's assignment to a node: a write of spec and status that no other endpoint may make.</summary>
    public void Bind(RestRequest rest, StoredObject stored, JsonObject pod)
    {
        var accounted = ManagedFields.OnUpdate(
            stored.Value, pod, rest.FieldManager, rest.Type.ApiVersion, rest.Subresource ?? "", rest.Type.Schema, time.GetUtcNow());
        if (!rest.DryRun) committer.Commit(rest, WatchEventType.Modified, stored, accounted);
    }

    /// <summary>An object that is being deleted goes with its last finalizer.</summary>
    private static bool IsFinished(ResourceType type, JsonObject value)
    {
        var metadata = value.Metadata();
        return metadata.Has("deletionTimestamp")
            && !metadata.Has("finalizers")
            && metadata.Integer("deletionGracePeriodSeconds") is null or 0
            && !type.Rules.HoldsDeletion(value);
    }

    /// <summary>The creator owns what it wrote; a status that the server filled in is nobody's yet.</summary>
    private JsonObject AccountCreation(RestRequest rest, JsonObject value)
    {
        var type = rest.Type;
        value.Metadata().Remove("managedFields");
        if (!tracksManagers(type.Group)) return value;
        var status = value["status"];
        if (type.HasStatus) value.Remove("status");
        var accounted = ManagedFields.OnUpdate(null, value, rest.FieldManager, type.ApiVersion, "", type.Schema, time.GetUtcNow());
        if (type.HasStatus && status is not null) accounted["status"] = status;
        return accounted;
    }

    private JsonObject Account(RestRequest rest, JsonObject old, JsonObject value, bool ownsManagedFields)
    {
        if (!ownsManagedFields)
        {
            // A client may reset the account, or correct it; any other list, such as none at all, leaves it as it is.
            var tracks = tracksManagers(rest.Type.Group);
            var sent = rest.Subresource is null && tracks ? value.Metadata()["managedFields"] as JsonArray : null;
            if (!ManagedFields.Sets(sent, rest.Type.Schema))
            {
                if (ManagedFields.AreEqualBeside(old, value)) return old;
                if (tracks && rest.Subresource is null) value.Metadata().Remove("managedFields");
                if (!tracks) value.Metadata().CopyPart(old.Metadata(), "managedFields");
            }
            else if (JsonNode.DeepEquals(old, value))
            {
                return old;
            }

            if (!tracks) return value;
            return ManagedFields.UnlessOnlyTimesDiffer(old, AccountUpdate(rest, old, value));
        }

        return ManagedFields.UnlessOnlyTimesDiffer(old, value);
    }

    // What the server itself adds to the status of an object whose spec is written is nobody's.
    private JsonObject AccountUpdate(RestRequest rest, JsonObject old, JsonObject value)
    {
        var ownStatus = rest.Type.HasStatus && rest.Subresource is null && !JsonNode.DeepEquals(old["status"], value["status"]) ? value["status"]?.DeepClone() : null;
        if (ownStatus is not null) value.CopyPart(old, "status");
        var accounted = ManagedFields.OnUpdate(
            old, value, rest.FieldManager, rest.Type.ApiVersion, rest.Subresource ?? "", rest.Type.Schema, time.GetUtcNow());
        if (ownStatus is not null) accounted["status"] = ownStatus;
        return accounted;
    }

    private static void SetNamespace(RestRequest rest, JsonObject value)
    {
        var metadata = value.Metadata();
        var given = metadata.String("namespace") ?? "";
        if (rest.Type.Namespaced && given.Length == 0) metadata["namespace"] = rest.Namespace;
        else if (!rest.Type.Namespaced) metadata.Remove("namespace");
        else if (given != rest.StoreNamespace)
        {
            throw ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request").ToException();
        }
    }

    private void PrepareIdentity(RestRequest rest, JsonObject value)
    {
        var metadata = value.Metadata();
        if (ObjectMetaRules.ResourceVersion(metadata) is not null && rest.Verb != "apply")
        {
            throw new ApiStatus(500, null, "resourceVersion should not be set on objects to be created") { HasDetails = false }.ToException();
        }

        foreach (var system in (ReadOnlySpan<string>)["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion", "generation"])
        {
            metadata.Remove(system);
        }

        if (!metadata.Has("name") && metadata.String("generateName") is { Length: > 0 } prefix) metadata["name"] = GeneratedName(rest, prefix);
        metadata["uid"] = ids.NextUid();
        metadata["creationTimestamp"] = Timestamps.Seconds(time.GetUtcNow());
    }

    private string GeneratedName(RestRequest rest, string prefix)
    {
        // Names hold 63 characters at most; five are the suffix.
        if (prefix.Length > 58) prefix = prefix[..58];
        string name;
        do name = prefix + ids.NextSuffix();
        while (rest.Type.Store.Find(rest.StoreNamespace, name) is not null);
        return name;
    }

    /// <summary>Fills in defaults, so that what is compared and stored is complete. Unknown fields went when the body was read.</summary>
    private static void Complete(ResourceType type, JsonObject value, bool keepsNulls)
    {
        // A custom resource of another kind than its path says is not defaulted: it is about to be refused.
        if (value.String("kind") == type.Kind) type.Schema?.ApplyDefaults(value, keepsNulls);
        type.Rules.ApplyDefaults(value);
    }

    private static void ResetStatus(ResourceType type, JsonObject value)
    {
        value.Remove("status");
        if (!type.IsCustom) value["status"] = new JsonObject();

        // The real server fills in a default of the whole status whenever it reads what it has stored without one.
        else if (type.Schema?.Properties.GetValueOrDefault("status")?.Default is { } preset) value["status"] = preset.DeepClone();
    }

    private static void Check(ResourceType type, JsonObject value, JsonObject? old)
    {
        var errors = new List<FieldError>();
        if (value.String("kind") != type.Kind)
        {
            errors.Add(FieldError.Invalid("kind", Names.Quote(value.String("kind") ?? ""), $"must be {type.Kind}"));
        }
        else
        {
            ObjectMetaRules.Validate(type, value, old, errors);
        }

        if (type.IsCustom) CustomResourceChecks.Validate(type, value, old, errors);
        type.Rules.Validate(value, old, errors);
        if (errors.Count > 0) throw ApiStatus.Invalid(type.Group, value.String("kind") ?? type.Kind, value.Name(), errors).ToException();
    }

    private static StatusException AlreadyExists(ResourceType type, StoredObject taken)
    {
        var prefix = taken.IsDeleting ? "object is being deleted: " : "";
        return new ApiStatus(409, "AlreadyExists", $"{prefix}{type.GroupResource} \"{taken.Name}\" already exists")
        {
            Group = type.Group,
            Kind = type.Plural,
            Name = taken.Name,
        }.ToException();
    }

    private static void CheckVersion(RestRequest rest, StoredObject stored, JsonObject value)
    {
        var type = rest.Type;
        var metadata = value.Metadata();
        if (rest.Verb == "update" && metadata.String("uid") is { Length: > 0 } uid && uid != stored.Uid)
        {
            throw ApiStatus.Conflict(type.Group, type.Plural, stored.Name,
                $"StorageError: invalid object, Code: 4, Key: {StorageKey(type, stored)}, ResourceVersion: 0, "
                + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.Uid}").ToException();
        }

        if (ObjectMetaRules.ResourceVersion(metadata) is { } version)
        {
            if (version != stored.ResourceVersion) throw ApiStatus.Modified(type.Group, type.Plural, stored.Name).ToException();
        }
        else if (!type.Rules.AllowsUnconditionalUpdate && (rest is { Verb: "update", Subresource: not "scale" } || LostItsVersion(rest, value)))
        {
            throw ApiStatus.Invalid(type.Group, type.Plural, stored.Name,
                [FieldError.Invalid("metadata.resourceVersion", "0", "must be specified for an update")]).ToException();
        }
    }

    // A patch begins with the stored version, and may take it away.
    private static bool LostItsVersion(RestRequest rest, JsonObject value) => rest is { Verb: "patch", Subresource: null } && !value.Metadata().Has("resourceVersion");

    private static string StorageKey(ResourceType type, StoredObject stored)
    {
        var place = type.IsCustom ? $"apiextensions.kubernetes.io/{type.Group}/{type.Plural}" : type.Plural;
        return $"/registry/{place}/{(type.Namespaced ? stored.Namespace + "/" : "")}{stored.Name}";
    }

    /// <summary>A write to status takes the status alone; of built-in kinds annotations too, as their controllers rely on it.</summary>
    private static JsonObject WithStatusOf(ResourceType type, JsonObject old, JsonObject value)
    {
        var result = old.CopyBut("status");
        result.TakePart(value, "status");
        result["kind"] = value.String("kind") ?? type.Kind;
        var metadata = result.Metadata();
        metadata.TakePart(value.Metadata(), "managedFields");
        if (!type.IsCustom) metadata.TakePart(value.Metadata(), "annotations");
        return result;
    }

    private static JsonObject WithoutStatusOf(ResourceType type, JsonObject old, JsonObject value)
    {
        if (type.HasStatus) value.CopyPart(old, "status");
        return value;
    }

    private static void KeepSystemFields(JsonObject value, JsonObject old)
    {
        var (metadata, kept) = (value.Metadata(), old.Metadata());
        foreach (var system in (ReadOnlySpan<string>)["creationTimestamp", "generation", "selfLink", "resourceVersion"]) metadata.CopyPart(kept, system);
        // A deletion that has begun cannot be taken back; one that has not cannot be begun by a write, and is refused.
        if (kept.Has("deletionTimestamp"))
        {
            metadata.CopyPart(kept, "deletionTimestamp");
            metadata.CopyPart(kept, "deletionGracePeriodSeconds");
        }

        if (!metadata.Has("uid")) metadata.CopyPart(kept, "uid");
        if (!metadata.Has("namespace")) metadata.CopyPart(kept, "namespace");
    }

    /// <summary>The generation counts changes of everything but metadata and, where it is a subresource, status.</summary>
    private static long Generation(ResourceType type, JsonObject value, JsonObject old)
    {
        var current = old.Metadata().Integer("generation") ?? 1;
        var changed = value.Select(pair => pair.Key).Union(old.Select(pair => pair.Key)).Any(key =>
            key is not ("metadata" or "apiVersion" or "kind") && !(key == "status" && type.HasStatus) && !JsonNode.DeepEquals(value[key], old[key]));
        return changed ? current + 1 : current;
    }
}
