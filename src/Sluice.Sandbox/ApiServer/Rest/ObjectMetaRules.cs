using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What Kubernetes asks of every object's metadata.</summary>
internal static partial class ObjectMetaRules
{
    private static readonly string[] GarbageCollection = ["orphan", "foregroundDeletion"];

    public static void Validate(ResourceType type, JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var metadata = value.Metadata();
        ValidateName(type, metadata, errors);
        ValidateLabels(metadata.Object("labels"), "metadata.labels", errors);
        ValidateAnnotations(metadata.Object("annotations"), "metadata.annotations", errors);
        ValidateOwners(metadata.Array("ownerReferences"), errors);
        ValidateFinalizers(metadata.Array("finalizers"), errors);
        if (old is null) return;
        ValidateUpdate(metadata, old.Metadata(), errors);
        // The custom resource handler reports changes of what is immutable a second time.
        if (type.IsCustom) ValidateIdentity(metadata, old.Metadata(), errors);
    }

    public static void ValidateLabels(JsonObject? labels, string field, List<FieldError> errors)
    {
        foreach (var (key, value) in labels ?? [])
        {
            foreach (var detail in Names.QualifiedName(key)) errors.Add(FieldError.Invalid(field, Names.Quote(key), detail));
            foreach (var detail in Names.LabelValue(value.AsText() ?? ""))
            {
                errors.Add(FieldError.Invalid(field, Names.Quote(value.AsText() ?? ""), detail));
            }
        }
    }

    private static void ValidateName(ResourceType type, JsonObject metadata, List<FieldError> errors)
    {
        if (metadata.String("generateName") is { Length: > 0 } prefix)
        {
            // A suffix comes behind it, so that it may end in a dash.
            foreach (var detail in Names.Check(type.Rules.NameRule, prefix.EndsWith('-') ? prefix[..^1] + "a" : prefix))
            {
                errors.Add(FieldError.Invalid("metadata.generateName", Names.Quote(prefix), detail));
            }
        }

        var name = metadata.String("name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
            return;
        }

        foreach (var detail in Names.Check(type.Rules.NameRule, name)) errors.Add(FieldError.Invalid("metadata.name", Names.Quote(name), detail));
    }

    public static void ValidateAnnotations(JsonObject? annotations, string field, List<FieldError> errors)
    {
        const int limit = 256 * 1024;
        var size = 0L;
        foreach (var (key, value) in annotations ?? [])
        {
            foreach (var detail in Names.QualifiedName(key.ToLowerInvariant())) errors.Add(FieldError.Invalid(field, Names.Quote(key), detail));
            size += key.Length + (value.AsText()?.Length ?? 0);
        }

        if (size > limit) errors.Add(FieldError.TooLong(field, limit));
    }

    private static void ValidateOwners(JsonArray? owners, List<FieldError> errors)
    {
        const string field = "metadata.ownerReferences";
        JsonNode? controller = null;
        foreach (var owner in owners ?? [])
        {
            ValidateOwner(owner, errors);
            if (owner is JsonObject { } reference && reference.String("apiVersion") == "v1" && reference.String("kind") == "Event")
            {
                errors.Add(FieldError.Invalid(field, owner.ToJsonString(), "/v1, Kind=Event is disallowed from being an owner"));
            }

            if (!owner.IsTrue("controller")) continue;
            if (controller is null)
            {
                controller = owner;
                continue;
            }

            var detail = "Only one reference can have Controller set to true. "
                + $"Found \"true\" in references for {controller.String("kind")}/{controller.String("name")} and {owner.String("kind")}/{owner.String("name")}";
            errors.Add(FieldError.Invalid(field, owners!.ToJsonString(), detail));
        }
    }

    private static void ValidateOwner(JsonNode? owner, List<FieldError> errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
        {
            if (owner.Has(name)) continue;
            var field = $"metadata.ownerReferences.{name}";
            errors.Add(name == "apiVersion"
                ? FieldError.Invalid(field, "\"\"", "version must not be empty")
                : FieldError.Invalid(field, "\"\"", "must not be empty"));
        }
    }

    private static void ValidateFinalizers(JsonArray? finalizers, List<FieldError> errors)
    {
        foreach (var text in finalizers?.Select(item => item.AsText() ?? "") ?? [])
        {
            foreach (var detail in Names.QualifiedName(text)) errors.Add(FieldError.Invalid("metadata.finalizers", Names.Quote(text), detail));
        }
    }

    private static void ValidateUpdate(JsonObject metadata, JsonObject old, List<FieldError> errors)
    {
        ValidateIdentity(metadata, old, errors);
        // An update checks these a second time, and reports them a second time.
        ValidateLabels(metadata.Object("labels"), "metadata.labels", errors);
        ValidateAnnotations(metadata.Object("annotations"), "metadata.annotations", errors);
        ValidateOwners(metadata.Array("ownerReferences"), errors);
    }

    private static void ValidateIdentity(JsonObject metadata, JsonObject old, List<FieldError> errors)
    {
        if (old.Has("deletionTimestamp"))
        {
            var known = old.Array("finalizers")?.Select(item => item.AsText()).ToHashSet() ?? [];
            var added = metadata.Array("finalizers")?.Select(item => item.AsText()!).Where(item => !known.Contains(item)).ToList() ?? [];
            if (added.Count > 0)
            {
                var list = string.Join(", ", added.Select(Names.Quote));
                errors.Add(FieldError.Forbidden("metadata.finalizers",
                    $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}"));
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["name", "namespace", "uid"])
        {
            var value = metadata.String(name) ?? "";
            if (value != (old.String(name) ?? "")) errors.Add(FieldError.Invalid($"metadata.{name}", Names.Quote(value), "field is immutable"));
        }

        if (old.Has("deletionTimestamp")) return;
        foreach (var name in (ReadOnlySpan<string>)["deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (metadata[name] is { } value) errors.Add(FieldError.Invalid($"metadata.{name}", value.ToJsonString(), "field is immutable"));
        }
    }

    /// <summary>Whether anything but garbage collection's own marks keeps a deleted object.</summary>
    public static bool IsGarbageCollectionFinalizer(string? finalizer) => GarbageCollection.Contains(finalizer);

    /// <summary>Reads a version that a client sent; null where it sent none.</summary>
    public static long? ResourceVersion(JsonObject metadata) =>
        metadata.String("resourceVersion") is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version == 0 ? null : version
                : throw new ApiStatus(500, null, $"strconv.ParseUint: parsing {Names.Quote(text)}: invalid syntax") { HasDetails = false }.ToException()
            : null;
}
