using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api.Tests.Crd;
using Sluice.Api.Values;

namespace Sluice.Api.Tests.Samples;

public sealed class SampleTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Repository.PathOf("config", "samples"), "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.PathOf("config", "samples"), path))];

    private static JsonObject Read(string file) => Manifest.Read(Repository.PathOf("config", "samples", file));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_has_no_field_that_the_schema_does_not_know(string file) =>
        Unknown(SchemaNode.Roots().Single(root => root.Path == "Rollout"), Read(file)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_is_a_plan_that_makes_sense(string file)
    {
        var spec = Read(file).Deserialize(ApiJsonContext.Default.Rollout)!.Spec;

        spec.Strategy.Canary.Steps.ShouldNotBeEmpty();
        spec.Strategy.Canary.Steps.ShouldAllBe(step => step.Kind() != null);
        spec.Strategy.Canary.Steps.Where(step => step.Analysis is not null).ShouldAllBe(step => IsDuration(step.Analysis!.MinDuration) && IsDuration(step.Analysis.MaxDuration));
        spec.Analysis!.Metrics.ShouldAllBe(metric => IsShare(metric.ErrorRate!.Max));
        IsDuration(spec.Analysis.Interval).ShouldBeTrue();
    }

    [Fact]
    public void The_smallest_useful_rollout_takes_no_more_than_25_lines() =>
        File.ReadAllLines(Repository.PathOf("config", "samples", "minimal.yaml")).Length.ShouldBeLessThanOrEqualTo(25);

    private static bool IsDuration(string text) => GoDuration.TryParse(text, out _);

    private static bool IsShare(string text) => Ratio.TryParseShare(text, out _);

    private static IEnumerable<string> Unknown(SchemaNode schema, JsonNode? value) => value switch
    {
        JsonObject when schema.Has("x-kubernetes-preserve-unknown-fields") || schema.Path == "Rollout.metadata" => [],
        JsonObject map when schema.Has("additionalProperties") => [],
        JsonObject map => map.SelectMany(field => schema.Children().SingleOrDefault(child => child.Path == $"{schema.Path}.{field.Key}") is { } child
            ? Unknown(child, field.Value)
            : [$"{schema.Path}.{field.Key}"]),
        JsonArray list => list.SelectMany(item => Unknown(schema.Children().Single(), item)),
        _ => [],
    };
}
