using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class TerminatingDefinitionTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Gadgets = "/apis/test.dev/v1/namespaces/default/gadgets";

    private readonly SandboxClient _client = new();

    [Fact]
    public void A_resource_whose_definition_goes_takes_no_new_objects()
    {
        _client.Create(Definitions, """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.test.dev"},
             "spec":{"group":"test.dev","scope":"Namespaced","names":{"plural":"gadgets","singular":"gadget","kind":"Gadget"},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);
        _client.Create(Gadgets, """{"apiVersion":"test.dev/v1","kind":"Gadget","metadata":{"name":"held","finalizers":["test.dev/hold"]}}""");
        _client.Delete($"{Definitions}/gadgets.test.dev");

        _client.Refusal(403, "POST", Gadgets, """{"apiVersion":"test.dev/v1","kind":"Gadget","metadata":{"name":"late"}}""")
            .ShouldBe("gadgets.test.dev \"late\" is forbidden: create not allowed while custom resource definition is terminating");
        var conditions = _client.Get($"{Definitions}/gadgets.test.dev")["status"]!["conditions"]!.AsArray();
        conditions.Single(condition => Text(condition, "type") == "Terminating").ShouldNotBeNull().ShouldSatisfyAllConditions(
            condition => Text(condition, "status").ShouldBe("True"),
            condition => Text(condition, "reason").ShouldBe("InstanceDeletionInProgress"));

        _client.Merge($"{Gadgets}/held", """{"metadata":{"finalizers":null}}""");

        _client.Send("GET", $"{Definitions}/gadgets.test.dev").StatusCode.ShouldBe(404);
    }

    private static string? Text(JsonNode? node, string name) => node![name]!.GetValue<string>();
}
