using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api.Tests.Crd;
using Sluice.Api.Values;

namespace Sluice.Api.Tests.Samples;

public sealed class SampleTests
{
    /// <summary>The samples of our own kinds.</summary>
    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Repository.PathOf("config", "samples"), "*.yaml", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains($"\napiVersion: {ApiGroup.ApiVersion}\n", StringComparison.Ordinal) || File.ReadAllText(path).StartsWith($"apiVersion: {ApiGroup.ApiVersion}\n", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.PathOf("config", "samples"), path)),
    ];

    public static TheoryData<string> Rollouts => [.. Files.Where(file => KindOf(file) == Rollout.KindName)];

    public static TheoryData<string> Decisions => [.. Files.Where(file => KindOf(file) == Decision.KindName)];

    private static string? KindOf(string file) => (string?)Read(file)["kind"];

    private static JsonObject Read(string file) => Manifest.Read(Repository.PathOf("config", "samples", file));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_has_no_field_that_the_schema_does_not_know(string file) =>
        Unknown(SchemaNode.Roots().Single(root => root.Path == KindOf(file)), Read(file)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Decisions))]
    public void A_sample_of_a_Decision_is_for_kubectl_create_and_says_all_that_it_must(string file)
    {
        var decision = Read(file).Deserialize(ApiJsonContext.Default.Decision)!;

        decision.Metadata.GenerateName.ShouldBe("payments-");
        decision.Spec.ShouldSatisfyAllConditions(spec => spec.Action.ShouldNotBeNull(), spec => spec.By.ShouldNotBeEmpty(), spec => spec.Reason.ShouldNotBeEmpty(), spec => spec.Rollout.ShouldBe("payments"));
    }

    [Theory]
    [MemberData(nameof(Rollouts))]
    public void A_sample_is_a_plan_that_makes_sense(string file)
    {
        var spec = Read(file).Deserialize(ApiJsonContext.Default.Rollout)!.Spec;

        var steps = spec.Strategy.Canary?.Steps ?? spec.Strategy.BlueGreen!.PrePromotion;
        steps.ShouldNotBeEmpty();
        steps.ShouldAllBe(step => step.Kind() != null);
        steps.Where(step => step.Analysis is not null).ShouldAllBe(step => IsDuration(step.Analysis!.MinDuration) && IsDuration(step.Analysis.MaxDuration));
        spec.Analysis!.Metrics.ShouldAllBe(metric => IsShare(metric.ErrorRate!.Max));
        IsDuration(spec.Analysis.Interval).ShouldBeTrue();
    }

    [Fact]
    public void The_smallest_useful_rollout_takes_no_more_than_25_lines() =>
        File.ReadAllLines(Repository.PathOf("config", "samples", "minimal.yaml")).Length.ShouldBeLessThanOrEqualTo(25);

    [Fact]
    public void The_demo_migrates_once_and_its_bad_version_differs_from_the_good_one_by_image_and_errors_only()
    {
        var (first, good, bad) = (Spec("payments-v1.yaml"), Spec("payments-v2.yaml"), Spec("payments-v3.yaml"));

        first.Migration.ShouldBeNull();
        SemanticEquality.SemanticallyEqual(good.Migration, bad.Migration, ApiJsonContext.Default.RolloutMigration).ShouldBeTrue();
        SemanticEquality.SemanticallyEqual(good with { Template = bad.Template }, bad, ApiJsonContext.Default.RolloutSpec).ShouldBeTrue();
        good.Template!.Metadata.Annotations!["sandbox.sluice.dev/error-rate"].ShouldBe("0.1%");
        bad.Template!.Metadata.Annotations!["sandbox.sluice.dev/error-rate"].ShouldBe("5%");
    }

    private static RolloutSpec Spec(string demo) => Read(Path.Combine("demo", demo)).Deserialize(ApiJsonContext.Default.Rollout)!.Spec;

    private static bool IsDuration(string text) => GoDuration.TryParse(text, out _);

    private static bool IsShare(string text) => Ratio.TryParseShare(text, out _);

    private static IEnumerable<string> Unknown(SchemaNode schema, JsonNode? value) => value switch
    {
        JsonObject when schema.Has("x-kubernetes-preserve-unknown-fields") || schema.Path.EndsWith(".metadata", StringComparison.Ordinal) && schema.Path.Count('.'.Equals) == 1 => [],
        JsonObject map when schema.Has("additionalProperties") => [],
        JsonObject map => map.SelectMany(field => schema.Children().SingleOrDefault(child => child.Path == $"{schema.Path}.{field.Key}") is { } child
            ? Unknown(child, field.Value)
            : [$"{schema.Path}.{field.Key}"]),
        JsonArray list => list.SelectMany(item => Unknown(schema.Children().Single(), item)),
        _ => [],
    };
}
