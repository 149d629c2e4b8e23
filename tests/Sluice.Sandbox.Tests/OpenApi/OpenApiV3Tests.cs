using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.OpenApi;
using Sluice.Sandbox.Tests.Schema;

namespace Sluice.Sandbox.Tests.OpenApi;

public sealed class OpenApiV3Tests
{
    private static readonly JsonObject Recording = Recorded.Read("recorded-openapi.json");

    // Parameters of a real server that the sandbox does not have, and says nothing about.
    private static readonly string[] LeftOut = ["shardSelector", "ignoreStoreReadErrorWithClusterBreakingPotential"];

    private static OpenApiKind Widget => new()
    {
        Kind = "Widget",
        Plural = "widgets",
        Namespaced = true,
        Schema = Recording["crd"]!.DeepClone().AsObject(),
        Subresources = ["status", "scale"],
    };

    [Fact]
    public void A_custom_resource_is_described_by_its_own_schema_and_the_fields_that_all_have()
    {
        var widget = OpenApiV3.Document("example.dev", "v1", [Widget])["components"]!["schemas"]!["dev.example.v1.Widget"]!;

        widget["description"]!.GetValue<string>().ShouldBe("A widget.");
        widget["properties"]!["spec"]!["description"]!.GetValue<string>().ShouldBe("What is wanted.");
        var expected = Recording["widget"]!.DeepClone().AsObject();
        expected.Remove("x-kubernetes-selectable-fields");
        Recorded.Canonical(WithoutDescriptions(widget)).ShouldBe(Recorded.Canonical(expected));
    }

    [Fact]
    public void Operations_are_those_of_a_real_server()
    {
        var paths = OpenApiV3.Document("example.dev", "v1", [Widget])["paths"]!.AsObject();

        paths.Select(path => path.Key).Order().ShouldBe(Recording["operations"]!.AsObject().Select(path => path.Key).Order());
        foreach (var (path, operations) in Recording["operations"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var actual = paths[path]![method].ShouldNotBeNull($"{method} {path}");
                new[] { actual["operationId"]!.ToString(), actual["x-kubernetes-action"]!.ToString() }
                    .ShouldBe(operation!.AsArray().Select(text => text!.ToString()), $"{method} {path}");
                Recorded.Canonical(actual["x-kubernetes-group-version-kind"]).ShouldBe("""{"group":"example.dev","kind":"Widget","version":"v1"}""");
            }
        }
    }

    [Theory]
    [InlineData("post")]
    [InlineData("put")]
    [InlineData("patch")]
    [InlineData("delete")]
    [InlineData("parameters")]
    public void Parameters_are_those_of_a_real_server(string method)
    {
        var paths = OpenApiV3.Document("example.dev", "v1", [Widget])["paths"]!.AsObject();

        foreach (var (path, operations) in Recording["parameters"]!.AsObject())
        {
            if (operations![method] is not JsonArray expected)
                continue;
            var actual = method == "parameters" ? paths[path]![method]! : paths[path]![method]!["parameters"]!;
            actual.AsArray().Select(parameter => parameter!["name"]!.ToString()).Order()
                .ShouldBe(expected.Select(name => name!.ToString()).Except(LeftOut).Order(), $"{method} {path}");
        }
    }

    [Fact]
    public void Built_in_kinds_bring_every_type_that_they_refer_to()
    {
        var document = OpenApiV3.Document("apps", "v1", [new OpenApiKind { Kind = "Deployment", Plural = "deployments", Namespaced = true, Subresources = ["status", "scale"] }]);
        var schemas = document["components"]!["schemas"]!.AsObject();

        var references = References(document).Distinct().ToList();
        references.ShouldContain("io.k8s.api.core.v1.Container");
        references.ShouldAllBe(type => schemas.ContainsKey(type));
        Recorded.Canonical(schemas["io.k8s.api.apps.v1.Deployment"]!["x-kubernetes-group-version-kind"])
            .ShouldBe("""[{"group":"apps","kind":"Deployment","version":"v1"}]""");
        document["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!["requestBody"]!["content"]!.AsObject()
            .ContainsKey("application/strategic-merge-patch+json").ShouldBeTrue();
    }

    [Fact]
    public void A_cluster_wide_core_kind_stands_under_api()
    {
        var document = OpenApiV3.Document("", "v1", [new OpenApiKind { Kind = "Namespace", Plural = "namespaces", Namespaced = false, Subresources = ["status"] }]);

        document["paths"]!.AsObject().Select(path => path.Key).ShouldBe(["/api/v1/namespaces", "/api/v1/namespaces/{name}", "/api/v1/namespaces/{name}/status"]);
        References(document).ShouldContain("io.k8s.api.core.v1.Namespace");
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(field => field.Key == "$ref" ? [field.Value!.ToString()["#/components/schemas/".Length..]] : References(field.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? WithoutDescriptions(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map
                    .Where(field => field.Key != "description" || field.Value is JsonObject)
                    .Select(field => KeyValuePair.Create(field.Key, WithoutDescriptions(field.Value))));
            case JsonArray list:
                return new JsonArray([.. list.Select(WithoutDescriptions)]);
            default:
                return node?.DeepClone();
        }
    }
}
