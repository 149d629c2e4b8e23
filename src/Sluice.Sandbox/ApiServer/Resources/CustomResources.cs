using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>From CustomResourceDefinitions to served resources.</summary>
internal static class CustomResources
{
    private static readonly TableColumn DefaultAge = TableColumn.Age with { Type = "date" };

    /// <summary>The served versions of a definition, all over one store.</summary>
    public static IEnumerable<ResourceType> Types(JsonObject definition, ResourceStore store)
    {
        var spec = definition.Object("spec")!;
        var group = spec.String("group")!;
        var versions = spec.Array("versions")!.OfType<JsonObject>().ToList();
        var storage = versions.Count > 1 ? $"{group}/{versions.Single(version => version.IsTrue("storage")).String("name")}" : null;
        return versions.Where(version => version.IsTrue("served")).Select(version => Type(spec, version, store, storage) with
        {
            DeprecationWarning = version.IsTrue("deprecated") ? version.String("deprecationWarning") ?? Deprecation(spec, version, versions) : null,
        });
    }

    private static string Deprecation(JsonObject spec, JsonObject version, List<JsonObject> versions)
    {
        var (group, kind) = (spec.String("group"), spec.Object("names").String("kind"));
        var old = $"{group}/{version.String("name")} {kind} is deprecated";
        var better = versions.Where(other => other.IsTrue("served") && !other.IsTrue("deprecated")).Select(other => other.String("name")!).Order(VersionPriority.Instance).FirstOrDefault();
        return better is null ? old : $"{old}; use {group}/{better} {kind}";
    }

    private static ResourceType Type(JsonObject spec, JsonObject version, ResourceStore store, string? storage)
    {
        var names = spec.Object("names")!;
        var published = version.Object("schema").Object("openAPIV3Schema");
        var subresources = version.Object("subresources");
        return new ResourceType
        {
            Group = spec.String("group")!,
            Version = version.String("name")!,
            Kind = names.String("kind")!,
            Plural = names.String("plural")!,
            Singular = names.String("singular") ?? "",
            ListKind = names.String("listKind") ?? "",
            ShortNames = Texts(names.Array("shortNames")),
            Categories = Texts(names.Array("categories")),
            Namespaced = spec.String("scope") == "Namespaced",
            IsCustom = true,
            Rules = CustomRules.Instance,
            Store = store,
            StorageApiVersion = storage,
            Schema = published is null ? null : StructuralSchema.Parse(published, "", []),
            PublishedSchema = published?.Copy(),
            HasStatus = subresources?.ContainsKey("status") == true,
            Scale = Scale(subresources.Object("scale")),
            Columns = [TableColumn.ObjectName, .. Columns(version.Array("additionalPrinterColumns"))],
            SelectableFields = [.. (version.Array("selectableFields") ?? []).Select(field => Path(field.String("jsonPath")))],
        };
    }

    private static List<string> Texts(JsonArray? list) => list?.Select(item => item.AsText() ?? "").ToList() ?? [];

    private static ScalePaths? Scale(JsonObject? scale) => scale is null
        ? null
        : new ScalePaths(
            Path(scale.String("specReplicasPath")),
            Path(scale.String("statusReplicasPath")),
            scale.Has("labelSelectorPath") ? Path(scale.String("labelSelectorPath")) : null);

    private static string Path(string? jsonPath) => jsonPath?.TrimStart('.') ?? "";

    private static IEnumerable<TableColumn> Columns(JsonArray? columns) =>
        columns is { Count: > 0 } ? columns.Select(column => Column(column!)) : [DefaultAge];

    private static TableColumn Column(JsonNode column)
    {
        var text = column.String("jsonPath") ?? "";
        var path = JsonPath.Parse(text);
        var type = column.String("type") ?? "string";
        var description = column.String("description") ?? $"Custom resource definition column (in JSONPath format): {text}";
        return new TableColumn(
            column.String("name") ?? "", type, column.String("format") ?? "", description, (int)(column.Integer("priority") ?? 0),
            (value, now) => Cell(type, path.First(value), now));
    }

    private static JsonNode? Cell(string type, JsonNode? value, DateTimeOffset now) => (type, value) switch
    {
        (_, null) => null,
        ("date", _) => HumanDuration.Since(value.AsText(), now),
        ("string", JsonValue) => value.AsText() ?? value.ToJsonString(),
        ("string", _) => value.ToJsonString(),
        ("integer", _) => value.AsInteger() ?? (JsonNode?)null,
        _ => value.DeepClone(),
    };

    /// <summary>Custom resources have no rules but their schema's.</summary>
    private sealed class CustomRules : KindRules
    {
        public static readonly CustomRules Instance = new();

        public override bool AllowsUnconditionalUpdate => false;

        public override bool TracksGeneration => true;
    }
}
