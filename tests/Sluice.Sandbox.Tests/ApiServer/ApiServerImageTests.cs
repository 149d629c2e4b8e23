using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Servers that begin with the contents of another one.</summary>
public sealed class ApiServerImageTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Things = "/apis/test.dev/v1/namespaces/default/things";

    private const string Definition = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.test.dev"},"spec":{"group":"test.dev","scope":"Namespaced",
         "names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
         "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"x":{"type":"integer"}}}}}}}]}}
        """;

    private readonly SandboxClient _first = new();

    public ApiServerImageTests()
    {
        _first.Create(Definitions, Definition);
        _first.Create(Things, Thing("a"));
    }

    [Fact]
    public void A_server_that_begins_with_an_image_goes_on_as_the_first_one_does()
    {
        var second = new SandboxClient(_first.Time, image: _first.Server.Image());

        second.Get(Things).ToJsonString().ShouldBe(_first.Get(Things).ToJsonString());
        second.Get("/api/v1/namespaces").ToJsonString().ShouldBe(_first.Get("/api/v1/namespaces").ToJsonString());
        second.Create(Things, Thing("b")).ToJsonString().ShouldBe(_first.Create(Things, Thing("b")).ToJsonString(), "the same version, time and UID");
        second.Refusal(422, "POST", Things, Thing("c").Replace("1}", "\"one\"}", StringComparison.Ordinal)).ShouldContain("spec.x");
    }

    [Fact]
    public void What_one_server_does_with_its_contents_is_not_seen_by_another()
    {
        var image = _first.Server.Image();
        var (second, third) = (new SandboxClient(_first.Time, image: image), new SandboxClient(_first.Time, image: image));

        second.Merge(Things + "/a", """{"spec":{"x":2}}""");
        second.Delete(Definitions + "/things.test.dev");

        second.Send("GET", Things).StatusCode.ShouldBe(404);
        _first.Get(Things + "/a")["spec"]!["x"]!.GetValue<int>().ShouldBe(1);
        third.Get(Things + "/a")["spec"]!["x"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public void Of_the_time_before_the_image_nothing_is_known()
    {
        var second = new SandboxClient(_first.Time, image: _first.Server.Image());
        var newest = second.Server.ResourceVersion;
        second.Create(Things, Thing("b"));

        using var watch = second.Send("GET", $"{Things}?watch=true&resourceVersion={newest}").Watch!;
        watch.TryRead(out var frame).ShouldBeTrue();
        JsonNode.Parse(frame.Line.Span)!["object"]!["metadata"]!["name"]!.GetValue<string>().ShouldBe("b");
        using var old = second.Send("GET", $"{Things}?watch=true&resourceVersion={newest - 1}").Watch!;
        old.TryRead(out var gone).ShouldBeTrue();
        JsonNode.Parse(gone.Line.Span)!["object"]!["code"]!.GetValue<int>().ShouldBe(410);
    }

    private static string Thing(string name) => $$$"""{"apiVersion":"test.dev/v1","kind":"Thing","metadata":{"name":"{{{name}}}"},"spec":{"x":1}}""";
}
