using Sluice.Sandbox.Demo.Parts;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>Whoever installs by kubectl gets what the chart's defaults give; <see cref="PermissionTests"/> compares the permissions.</summary>
public sealed class ParityTests
{
    /// <summary>What is each installation's own: labels of its objects, and the name of the configuration.</summary>
    private static readonly string[] Own = ["labels", "matchLabels", "annotations", "configMap", "image", "imagePullPolicy"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Deployment")]
    [InlineData("Service")]
    [InlineData("PodDisruptionBudget")]
    [InlineData("ServiceAccount")]
    public async Task The_chart_and_the_kustomization_install_the_same(string kind)
    {
        var chart = (await ChartRenderer.RenderAsync("default", Ct)).Objects.OfKind(kind).Single();
        var kustomization = Shipped().OfKind(kind).Single();

        Lines(kustomization, "").ShouldBe(Lines(chart, ""), ignoreOrder: true);
    }

    [Fact]
    public async Task The_chart_and_the_kustomization_have_the_same_admission_policy()
    {
        var chart = (await ChartRenderer.RenderAsync("default", Ct)).Objects;

        Shipped().OfKind("ValidatingAdmissionPolicy").Single()["spec"].ShouldBe(chart.OfKind("ValidatingAdmissionPolicy").Single()["spec"]);
        foreach (var objects in new[] { chart, Shipped() })
            objects.OfKind("ValidatingAdmissionPolicyBinding").Single().Text("spec", "policyName").ShouldBe(objects.OfKind("ValidatingAdmissionPolicy").Single().Text("metadata", "name"));
    }

    private static IReadOnlyList<YamlMappingNode> Shipped() =>
        [.. new[] { "operator", "rbac", "admission" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Find().Root, "config", folder), "*.yaml"))
            .SelectMany(file => YamlObjects.Parse(File.ReadAllText(file))).Where(item => item.Children.ContainsKey("kind"))];

    /// <summary>The values of an object, each with its path; a namespace is what the kustomization adds.</summary>
    private static IEnumerable<string> Lines(YamlNode node, string path) => node switch
    {
        YamlMappingNode map => map.Children.Where(field => !Own.Contains(field.Key.ToString()) && $"{path}.{field.Key}" is not (".metadata.namespace" or ".spec.selector"))
            .SelectMany(field => Lines(field.Value, $"{path}.{field.Key}")),
        YamlSequenceNode items => items.SelectMany((item, index) => Lines(item, $"{path}[{index}]")),
        _ => [$"{path}: {node}"],
    };
}
