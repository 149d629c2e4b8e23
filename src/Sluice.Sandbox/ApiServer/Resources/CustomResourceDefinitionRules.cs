using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Printing;
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
        ["storedVersions"] = new JsonArray([.. Versions(value).Where(v => v.IsTrue("storage")).Select(v => v["name"]?.DeepClone())]),
    };

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var spec = value.Object("spec");
        var (group, plural) = (spec.String("group") ?? "", spec.Object("names").String("plural") ?? "");
        if (value.Name() != $"{plural}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", Names.Quote(value.Name()), "must be spec.names.plural+\".\"+spec.group"));
        }

        if (group.Length == 0) errors.Add(FieldError.Required("spec.group"));
        else if (group.Split('.').Length < 2)
        {
            errors.Add(FieldError.Invalid("spec.group", Names.Quote(group), "should be a domain with at least one dot"));
        }

        ValidateNames(spec.Object("names"), errors);
        if (spec.String("scope") is not ("Namespaced" or "Cluster"))
        {
            errors.Add(FieldError.NotSupported("spec.scope", Names.Quote(spec.String("scope") ?? ""), ["\"Cluster\"", "\"Namespaced\""]));
        }

        ValidateVersions(value, errors);
        if (old is not null) ValidateUpdate(spec, old.Object("spec"), errors);
    }

    /// <summary>A definition stays until its last object is gone.</summary>
    public override bool HoldsDeletion(JsonObject value) => store.Resource(value.Name()).Count > 0;

    private static List<JsonObject> Versions(JsonObject value) => value.Object("spec").Array("versions")?.OfType<JsonObject>().ToList() ?? [];

    private static void ValidateNames(JsonObject? names, List<FieldError> errors)
    {
        foreach (var key in (ReadOnlySpan<string>)["plural", "singular", "kind", "listKind"])
        {
            var field = $"spec.names.{key}";
            var text = names.String(key) ?? "";
            if (text.Length == 0) errors.Add(FieldError.Required(field));
            else errors.AddRange(Names.ServiceLabel(text.ToLowerInvariant()).Select(detail => FieldError.Invalid(field, Names.Quote(text), detail)));
        }

        if (names.Has("kind") && names.String("kind") == names.String("listKind"))
        {
            errors.Add(FieldError.Invalid("spec.names.listKind", Names.Quote(names.String("listKind")!), "kind and listKind may not be the same"));
        }
    }

    private static void ValidateVersions(JsonObject value, List<FieldError> errors)
    {
        var versions = Versions(value);
        if (versions.Count(version => version.IsTrue("storage")) != 1)
        {
            errors.Add(FieldError.Invalid("spec.versions", JsonArrayText(value), "must have exactly one version marked as storage version"));
        }

        for (var index = 0; index < versions.Count; index++)
        {
            // As the real server stores one version's schema at the top, it also reports its errors there.
            var path = versions.Count == 1 ? "spec" : $"spec.versions[{index}]";
            var schemaPath = versions.Count == 1 ? "spec.validation" : $"{path}.schema";
            ValidateSchema(versions[index], schemaPath, errors);
            ValidateColumns(versions[index], path, errors);
        }
    }

    private static string JsonArrayText(JsonObject value) => value.Object("spec").Array("versions")?.ToJsonString() ?? "null";

    private static void ValidateSchema(JsonObject version, string path, List<FieldError> errors)
    {
        if (version.Object("schema").Object("openAPIV3Schema") is not { } schema)
        {
            errors.Add(FieldError.Required($"{path}.openAPIV3Schema", "schemas are required"));
            return;
        }

        StructuralSchema.Parse(schema, $"{path}.openAPIV3Schema", errors);
    }

    private static void ValidateColumns(JsonObject version, string path, List<FieldError> errors)
    {
        var columns = version.Array("additionalPrinterColumns") ?? [];
        for (var index = 0; index < columns.Count; index++)
        {
            var text = columns[index].String("jsonPath") ?? "";
            try
            {
                JsonPath.Parse(text);
            }
            catch (FormatException failure)
            {
                var field = string.Create(CultureInfo.InvariantCulture, $"{path}.additionalPrinterColumns[{index}].jsonPath");
                errors.Add(FieldError.Invalid(field, Names.Quote(text), failure.Message));
            }
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
