using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Api;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Simulation.World;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Sluice.Simulation.GitOps;

/// <summary>With the <c>ignoreDifferences</c> of docs/traffic.md Argo CD finds what the samples apply as it was applied, whatever a release has written into it.</summary>
public sealed partial class TrafficRecipeTests
{
    [Theory]
    [InlineData("gateway-api", "HTTPRoute, Service, Service")]
    [InlineData("istio", "Service, Service, VirtualService")]
    [InlineData("istio-subsets", "DestinationRule, VirtualService")]
    [InlineData("nginx", "Service, Service")]
    public void What_a_release_writes_is_what_the_recipe_ignores(string sample, string written)
    {
        using var world = new ReleaseWorld(routes: true);
        var applied = new Dictionary<string, JsonObject>();
        var live = new Dictionary<string, JsonObject>();
        world.Cluster.Observe(write =>
        {
            if (write.Resource is not ("services" or "httproutes" or "virtualservices" or "destinationrules" or "ingresses")) return;
            applied.TryAdd($"{write.Resource}/{write.Name}", write.After);
            live[$"{write.Resource}/{write.Name}"] = write.After;
        });
        string Manifest(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", sample, file)).Replace("metadata:\n  name:", "metadata:\n  namespace: shop\n  name:", StringComparison.Ordinal);
        foreach (var file in (string[])["services.yaml", "route.yaml", "rollout.yaml"]) world.Cluster.Kubectl.Apply(Manifest(file));
        world.UntilHealthy();

        world.Cluster.Kubectl.Apply(Manifest("rollout.yaml").Replace("payments:v2", "payments:v3", StringComparison.Ordinal));
        world.Until(status => status.Canary?.ActualWeight == 1);

        var persons = applied.Keys.Where(name => name != $"ingresses/{RouteYaml.CanaryIngress}").ToList();
        string.Join(", ", persons.Where(name => !JsonNode.DeepEquals(applied[name]["spec"], live[name]["spec"])).Select(name => (string)live[name]["kind"]!).Order()).ShouldBe(written);
        foreach (var name in persons) Ignored(live[name]).ToJsonString().ShouldBe(Ignored(applied[name]).ToJsonString(), name);
    }

    /// <summary>The spec without what is ignored.</summary>
    private static JsonNode Ignored(JsonObject item)
    {
        var copy = item.DeepClone();
        var group = ((string)item["apiVersion"]!).Split('/') is [var named, _] ? named : "";
        foreach (var rule in Recipe().Where(rule => rule.Group == group && rule.Kind == (string?)item["kind"]))
        {
            foreach (var pointer in rule.JsonPointers) Remove(copy, [.. pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]);
            foreach (var expression in rule.JqPathExpressions) Remove(copy, Steps(expression));
        }

        return copy["spec"]!;
    }

    /// <summary>The keys of a path as jq has it, <c>[]</c> for all items and <c>[]?</c> for those that there may be.</summary>
    private static string[] Steps(string expression)
    {
        var steps = Step().Matches(expression);
        string.Concat(steps.Select(step => step.Value)).ShouldBe(expression, "a path of keys and items");
        return [.. steps.Select(step => step.Groups["key"].Success ? step.Groups["key"].Value : step.Value)];
    }

    private static void Remove(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path[0] is "[]" or "[]?")
        {
            if (node is null) path[0].ShouldBe("[]?", "jq fails where there is no list");
            foreach (var item in node?.AsArray() ?? []) Remove(item, path[1..]);
        }
        else if (path.Length > 1)
        {
            Remove(node?[path[0]], path[1..]);
        }
        else
        {
            node?.AsObject().Remove(path[0]);
        }
    }

    private static List<IgnoredField> Recipe()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Find().Root, "docs", "traffic.md"));
        var yaml = document.Split("```").Single(block => block.StartsWith("yaml\n", StringComparison.Ordinal) && block.Contains("ignoreDifferences:", StringComparison.Ordinal))["yaml\n".Length..];
        return new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build().Deserialize<Application>(yaml).Spec.IgnoreDifferences;
    }

    [GeneratedRegex("""\.(?<key>\w+)|\[\]\??|\["(?<key>[^"]+)"\]""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();

    private sealed class Application
    {
        public ApplicationSpec Spec { get; set; } = new();
    }

    private sealed class ApplicationSpec
    {
        public List<IgnoredField> IgnoreDifferences { get; set; } = [];
    }

    private sealed class IgnoredField
    {
        public string Group { get; set; } = "";

        public string Kind { get; set; } = "";

        public List<string> JqPathExpressions { get; set; } = [];

        public List<string> JsonPointers { get; set; } = [];
    }
}
