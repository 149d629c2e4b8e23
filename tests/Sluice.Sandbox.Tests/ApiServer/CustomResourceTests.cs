using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class CustomResourceTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Things = "/apis/test.dev/v1/namespaces/default/things";

    private readonly SandboxClient _client = new();

    [Fact]
    public void A_definition_goes_when_its_last_object_has_gone()
    {
        _client.Create(Definitions, Definition("Thing", "v1"));
        _client.Create(Things, """{"apiVersion":"test.dev/v1","kind":"Thing","metadata":{"name":"free"}}""");
        _client.Create(Things, """{"apiVersion":"test.dev/v1","kind":"Thing","metadata":{"name":"held","finalizers":["test.dev/hold"]}}""");
        _client.Delete(Definitions + "/things.test.dev");
        _client.Send("GET", Things + "/free").StatusCode.ShouldBe(404);
        _client.Get(Definitions + "/things.test.dev")["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        _client.Merge(Things + "/held", """{"metadata":{"finalizers":null}}""");
        _client.Send("GET", Definitions + "/things.test.dev").StatusCode.ShouldBe(404);
        _client.Send("GET", Things).StatusCode.ShouldBe(404);
    }

    [Fact]
    public void Objects_are_seen_in_every_served_version()
    {
        _client.Create(Definitions, Definition("Thing", "v1", "v2"));
        _client.Create("/apis/test.dev/v2/namespaces/default/things", """{"apiVersion":"test.dev/v2","kind":"Thing","metadata":{"name":"a"},"spec":{"x":1}}""");
        var old = _client.Get(Things + "/a");
        old["apiVersion"]!.GetValue<string>().ShouldBe("test.dev/v1");
        old["spec"]!["x"]!.GetValue<int>().ShouldBe(1);
        _client.Get("/apis/test.dev/v2/namespaces/default/things")["items"]![0]!["apiVersion"]!.GetValue<string>().ShouldBe("test.dev/v2");
        _client.Server.Find("things.test.dev", "default", "a")!["apiVersion"]!.GetValue<string>().ShouldBe("test.dev/v1");
        using var watch = _client.Send("GET", "/apis/test.dev/v2/namespaces/default/things?watch=true").Watch!;
        watch.TryRead(out var frame).ShouldBeTrue();
        JsonNode.Parse(frame.Line.Span)!["object"]!["apiVersion"]!.GetValue<string>().ShouldBe("test.dev/v2");
    }

    [Fact]
    public void A_kind_that_another_definition_has_is_not_accepted()
    {
        _client.Create(Definitions, Definition("Thing", "v1"));
        _client.Create(Definitions, Definition("Thing", "v1").Replace("things", "otherthings", StringComparison.Ordinal));
        var conditions = _client.Get(Definitions + "/otherthings.test.dev")["status"]!["conditions"]!.AsArray();
        conditions.Select(condition => $"{condition!["type"]}={condition["status"]}").ShouldBe(["NamesAccepted=False", "Established=False"]);
        _client.Send("GET", "/apis/test.dev/v1/otherthings").StatusCode.ShouldBe(404);
    }

    [Fact]
    public void A_changed_schema_holds_for_the_next_write()
    {
        _client.Create(Definitions, Definition("Thing", "v1"));
        _client.Create(Things, """{"apiVersion":"test.dev/v1","kind":"Thing","metadata":{"name":"a"},"spec":{"x":1}}""");
        var definition = _client.Get(Definitions + "/things.test.dev");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["y"] = new JsonObject { ["type"] = "integer", ["default"] = 7 };
        SandboxClient.Read(_client.Send("PUT", Definitions + "/things.test.dev", definition.ToJsonString()), 200);
        _client.Merge(Things + "/a", """{"spec":{"x":2}}""")["spec"]!["y"]!.GetValue<int>().ShouldBe(7);
    }

    [Fact]
    public void A_default_of_the_status_is_there_from_the_beginning_and_is_nobodys()
    {
        _client.Create(Definitions, WithStatus(Definition("Thing", "v1")));

        var created = _client.Create(Things, """{"apiVersion":"test.dev/v1","kind":"Thing","metadata":{"name":"a"},"spec":{"x":1},"status":{"seen":5}}""");

        created["status"]!.ToJsonString().ShouldBe("""{"seen":-1}""");
        _client.Get(Things + "/a")["status"]!.ToJsonString().ShouldBe("""{"seen":-1}""");
        created["metadata"]!["managedFields"]!.ToJsonString().ShouldNotContain("f:status");
        _client.Merge(Things + "/a/status", """{"status":{"seen":1}}""")["status"]!.ToJsonString().ShouldBe("""{"seen":1}""");
    }

    private static string WithStatus(string definition)
    {
        var parsed = JsonNode.Parse(definition)!;
        var version = parsed["spec"]!["versions"]![0]!;
        version["subresources"] = new JsonObject { ["status"] = new JsonObject() };
        version["schema"]!["openAPIV3Schema"]!["properties"]!["status"] =
            JsonNode.Parse("""{"type":"object","default":{"seen":-1},"properties":{"seen":{"type":"integer"}}}""");
        return parsed.ToJsonString();
    }

    private static string Definition(string kind, params string[] versions)
    {
        var list = versions.Select((version, index) => new JsonObject
        {
            ["name"] = version,
            ["served"] = true,
            ["storage"] = index == 0,
            ["schema"] = new JsonObject
            {
                ["openAPIV3Schema"] = JsonNode.Parse("""{"type":"object","properties":{"spec":{"type":"object","properties":{"x":{"type":"integer"}}}}}"""),
            },
        });
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = "things.test.dev" },
            ["spec"] = new JsonObject
            {
                ["group"] = "test.dev",
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject { ["plural"] = "things", ["kind"] = kind },
                ["versions"] = new JsonArray([.. list]),
            },
        }.ToJsonString();
    }
}
