using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>The rules of CustomResourceDefinition itself.</summary>
internal sealed class CustomResourceDefinitionRules(ObjectStore store) : KindRules
{
    public override bool AllowsUnconditionalUpdate => false;

    public override bool TracksGeneration => true;

    public override void ApplyDefaults(JsonObject value)
    {
        if (value["spec"] is not JsonObject spec) return;
        spec.SetDefault("conversion", new JsonObject { ["strategy"] = "None" });
        if (spec.Object("names") is not { } names || names.String("kind") is not { Length: > 0 } kind) return;
        if (!names.Has("singular")) names["singular"] = kind.ToLowerInvariant();
        if (!names.Has("listKind")) names["listKind"] = kind + "List";
    }

    public override void PrepareForCreate(JsonObject value, RuleContext context) => value["status"] = new JsonObject
    {
        ["conditions"] = null,
        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
        ["storedVersions"] = new JsonArray([.. CustomResourceVersionRules.Versions(value).Where(v => v.IsTrue("storage")).Take(1).Select(v => v["name"]?.DeepClone())]),
    };

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        var (group, plural) = (spec.String("group") ?? "", spec.Object("names").String("plural") ?? "");
        if (old is null && value.Name() != $"{plural}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", Names.Quote(value.Name()), "must be spec.names.plural+\".\"+spec.group"));
        }

        if (group.Length == 0) errors.Add(FieldError.Required("spec.group"));
        else if (Names.Subdomain(group).Any()) errors.AddRange(Names.Subdomain(group).Select(detail => FieldError.Invalid("spec.group", Names.Quote(group), detail)));
        else if (group.Split('.').Length < 2)
        {
            errors.Add(FieldError.Invalid("spec.group", Names.Quote(group), "should be a domain with at least one dot"));
        }

        var scope = spec.String("scope") ?? "";
        if (scope.Length == 0) errors.Add(FieldError.Required("spec.scope"));
        else if (scope is not ("Namespaced" or "Cluster"))
        {
            errors.Add(FieldError.NotSupported("spec.scope", Names.Quote(scope), ["\"Cluster\"", "\"Namespaced\""]));
        }

        if (spec.IsTrue("preserveUnknownFields"))
        {
            errors.Add(FieldError.Invalid("spec.preserveUnknownFields", "true",
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }

        CustomResourceVersionRules.Validate(value, errors);
        ValidateConversion(spec.Object("conversion"), errors);
        ValidateNames(spec.Object("names"), errors);
        if (old is not null) ValidateUpdate(spec, old.Object("spec"), errors);
        ValidateStoredVersions(value, old, errors);
    }

    public override IEnumerable<string> Warnings(JsonObject value) => CustomResourceVersionRules.Versions(value)
        .SelectMany(version => SchemaFormats.Unrecognized(version.Object("schema").Object("openAPIV3Schema")))
        .Distinct()
        .Select(format => $"unrecognized format {Names.Quote(format)}");

    /// <summary>A version in which objects are written from now on is one that was ever stored.</summary>
    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        var stored = value.Ensure("status").Array("storedVersions");
        if (stored is null) value.Ensure("status")["storedVersions"] = stored = [];
        foreach (var version in CustomResourceVersionRules.Versions(value).Where(version => version.IsTrue("storage")))
        {
            if (!stored.Any(known => known.AsText() == version.String("name"))) stored.Add(version.String("name"));
        }
    }

    /// <summary>A definition stays until its last object is gone: its deletion always goes by way of the clean-up.</summary>
    public override bool HoldsDeletion(JsonObject value) => !value.Metadata().Has("deletionTimestamp") || store.Resource(value.Name()).Count > 0;

    public override void MarkDeleting(JsonObject value)
    {
        var metadata = value.Metadata();
        // This kind's deletion is no change of its spec, and has no grace.
        metadata.Remove("deletionGracePeriodSeconds");
        if (metadata.Integer("generation") is { } generation) metadata["generation"] = generation - 1;
        var finalizers = metadata.Array("finalizers") ?? [];
        finalizers.Add(CustomResourceRegistrar.CleanUp);
        metadata["finalizers"] ??= finalizers;
        var status = value.Ensure("status");
        status["conditions"] ??= new JsonArray();
        status["conditions"]!.AsArray().Add(new JsonObject
        {
            ["type"] = "Terminating",
            ["status"] = "True",
            ["lastTransitionTime"] = metadata["deletionTimestamp"]!.DeepClone(),
            ["reason"] = "InstanceDeletionPending",
            ["message"] = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        });
    }

    private static void ValidateConversion(JsonObject? conversion, List<FieldError> errors)
    {
        var strategy = conversion.String("strategy") ?? "";
        if (strategy is not ("None" or "Webhook"))
        {
            errors.Add(FieldError.NotSupported("spec.conversion.strategy", Names.Quote(strategy), ["\"None\"", "\"Webhook\""]));
        }
        else if (strategy == "Webhook")
        {
            var webhook = conversion.Object("webhook");
            if (webhook.Object("clientConfig") is null) errors.Add(FieldError.Required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook"));
            if (webhook.Array("conversionReviewVersions") is null or { Count: 0 }) errors.Add(FieldError.Required("spec.conversion.conversionReviewVersions"));
        }
    }

    /// <summary>What was ever stored must stay readable: its version is there until the status says that nothing is left in it.</summary>
    private static void ValidateStoredVersions(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        const string field = "status.storedVersions";
        var versions = CustomResourceVersionRules.Versions(value);
        var stored = value.Object("status").Array("storedVersions")?.Select(item => item.AsText() ?? "").ToList() ?? [];
        if (stored.Count == 0)
        {
            if (old is null) errors.Add(FieldError.Invalid(field, "null", "must have at least one stored version"));
            return;
        }

        // The status may say what it likes; it is the spec that must not forget a version.
        if (old is not null && JsonNode.DeepEquals(value["spec"], old["spec"])) return;
        for (var index = 0; old is not null && index < stored.Count; index++)
        {
            var version = stored[index];
            if (versions.Any(known => known.String("name") == version)) continue;
            errors.Add(FieldError.Invalid($"{field}[{index}]", Names.Quote(version),
                $"missing from spec.versions; {version} was previously a storage version, and must remain in spec.versions until a storage migration ensures "
                + $"no data remains persisted in {version} and removes {version} from status.storedVersions"));
        }

        if (old is null && versions.LastOrDefault(version => version.IsTrue("storage"))?.String("name") is { } storage && !stored.Contains(storage))
        {
            errors.Add(FieldError.Invalid(field, $"[{string.Join(",", stored.Select(Names.Quote))}]", $"must have the storage version {storage}"));
        }
    }

    private static void ValidateNames(JsonObject? names, List<FieldError> errors)
    {
        foreach (var key in (ReadOnlySpan<string>)["plural", "singular", "kind", "listKind"])
        {
            var field = $"spec.names.{key}";
            var text = names.String(key) ?? "";
            if (text.Length == 0) errors.Add(FieldError.Required(field));
            else errors.AddRange(Names.ServiceLabel(key is "kind" or "listKind" ? text.ToLowerInvariant() : text).Select(detail => FieldError.Invalid(field, Names.Quote(text), detail)));
        }

        if (names.Has("kind") && names.String("kind") == names.String("listKind"))
        {
            errors.Add(FieldError.Invalid("spec.names.listKind", Names.Quote(names.String("listKind")!), "kind and listKind may not be the same"));
        }
    }

    private static void ValidateUpdate(JsonObject? spec, JsonObject? old, List<FieldError> errors)
    {
        Immutable(spec, old, "group", "spec.group", errors);
        Immutable(spec, old, "scope", "spec.scope", errors);
        Immutable(spec.Object("names"), old.Object("names"), "plural", "spec.names.plural", errors);
        Immutable(spec.Object("names"), old.Object("names"), "kind", "spec.names.kind", errors);
    }

    private static void Immutable(JsonObject? value, JsonObject? old, string key, string field, List<FieldError> errors)
    {
        if (value.String(key) != old.String(key)) errors.Add(FieldError.Invalid(field, Names.Quote(value.String(key) ?? ""), "field is immutable"));
    }
}
