using System.Reflection;
using System.Text.Json.Nodes;
using Sluice.Api.Schema;
using Sluice.CrdGenerator;

namespace Sluice.Api.Tests.Crd;

public sealed class SchemaTests
{
    private static IEnumerable<string> Where(Func<SchemaNode, bool> wrong) => SchemaNode.All().Where(wrong).Select(node => node.Path);

    [Fact]
    public void Every_field_has_a_description_that_is_a_sentence() =>
        Where(node => !node.Path.EndsWith("[]", StringComparison.Ordinal) && !node.Path.EndsWith("{}", StringComparison.Ordinal)
            && node.Path is not ("Rollout.metadata" or "Release.metadata" or "Migration.metadata" or "Decision.metadata" or "AnalysisTemplate.metadata")
            && (string?)node.Schema["description"] is not { Length: > 5 }).ShouldBeEmpty();

    [Fact]
    public void Every_list_has_a_most_of_items_and_says_how_it_merges() =>
        Where(node => node.Type == "array" && !(node.Has("maxItems") && node.Has("x-kubernetes-list-type"))).ShouldBeEmpty();

    [Fact]
    public void Every_list_that_is_a_map_names_keys_that_its_items_must_have() =>
        Where(node => (string?)node.Schema["x-kubernetes-list-type"] == "map" && !Names(node.Schema["x-kubernetes-list-map-keys"]).Any()).ShouldBeEmpty();

    [Fact]
    public void Every_key_of_a_list_that_is_a_map_is_required() =>
        Where(node => Names(node.Schema["x-kubernetes-list-map-keys"]).Except(Names(node.Schema["items"]?["required"])).Any()).ShouldBeEmpty();

    [Fact]
    public void Every_map_has_a_most_of_entries() =>
        Where(node => node.Has("additionalProperties") && !node.Has("maxProperties")).ShouldBeEmpty();

    [Fact]
    public void Every_text_of_a_spec_is_bounded() =>
        Where(node => node.Type == "string" && node.Path.Contains(".spec", StringComparison.Ordinal)
            && !node.Path.EndsWith(".annotations{}", StringComparison.Ordinal)
            && !node.Has("enum") && !node.Has("maxLength") && !node.Has("format")).ShouldBeEmpty();

    [Fact]
    public void No_text_of_a_status_is_bounded_because_that_could_keep_the_operator_from_reporting() =>
        Where(node => node.Path.Contains(".status", StringComparison.Ordinal) && node.Has("maxLength")
            && !node.Path.EndsWith("[].name", StringComparison.Ordinal) && !node.Path.EndsWith(".conditions[].type", StringComparison.Ordinal)
            && !node.Path.EndsWith(".conditions[].reason", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_default_of_an_enum_is_one_of_its_values() =>
        Where(node => node.Has("enum") && node.Has("default") && !Names(node.Schema["enum"]).Contains((string?)node.Schema["default"])).ShouldBeEmpty();

    [Fact]
    public void No_required_field_has_a_default_because_it_would_never_be_missing() =>
        Where(node => Names(node.Schema["required"]).Any(name => node.Schema["properties"]![name]!.AsObject().ContainsKey("default"))).ShouldBeEmpty();

    [Fact]
    public void Only_fields_meant_to_be_raw_keep_what_no_schema_describes() =>
        Where(node => node.Has("x-kubernetes-preserve-unknown-fields")).ShouldBe(
        [
            "Migration.spec.env[].valueFrom",
            "Release.spec.migration.env[].valueFrom", "Release.spec.strategy.blueGreen.prePromotion[].checks.jobs[].template.spec",
            "Release.spec.strategy.canary.steps[].checks.jobs[].template.spec", "Release.spec.template.spec",
            "Rollout.spec.migration.env[].valueFrom", "Rollout.spec.strategy.blueGreen.prePromotion[].checks.jobs[].template.spec",
            "Rollout.spec.strategy.canary.steps[].checks.jobs[].template.spec", "Rollout.spec.template.spec",
        ]);

    [Fact]
    public void Every_rule_comes_with_a_message() =>
        Where(node => node.Schema["x-kubernetes-validations"] is JsonArray rules && rules.Any(rule => string.IsNullOrEmpty((string?)rule!["message"]))).ShouldBeEmpty();

    [Fact]
    public void Only_the_specs_of_Rollouts_and_AnalysisTemplates_ever_change() =>
        SchemaNode.Roots().Where(root => root.Path is not ("Rollout" or "AnalysisTemplate"))
            .ShouldAllBe(root => SchemaNode.All().Single(node => node.Path == $"{root.Path}.spec").Schema["x-kubernetes-validations"]!.AsArray().Any(rule => (string?)rule!["rule"] == "self == oldSelf"));

    [Fact]
    public void Every_path_of_a_column_a_selectable_field_and_the_scale_subresource_leads_to_a_field()
    {
        foreach (var kind in CrdFiles.Kinds)
        {
            var scale = kind.GetCustomAttribute<ScaleSubresourceAttribute>();
            var paths = kind.GetCustomAttributes<PrinterColumnAttribute>().Select(column => column.JsonPath)
                .Concat(kind.GetCustomAttributes<SelectableFieldAttribute>().Select(field => field.JsonPath))
                .Concat(scale is null ? [] : [scale.SpecReplicasPath, scale.StatusReplicasPath, scale.LabelSelectorPath]);
            var known = SchemaNode.All().Select(node => node.Path).Append(kind.Name + ".metadata.creationTimestamp").ToHashSet(StringComparer.Ordinal);
            paths.Where(path => !known.Contains(kind.Name + path.Replace("[0]", "[]", StringComparison.Ordinal))).ShouldBeEmpty(kind.Name);
        }
    }

    private static IEnumerable<string> Names(JsonNode? list) => list is JsonArray array ? array.Select(item => (string)item!) : [];
}
