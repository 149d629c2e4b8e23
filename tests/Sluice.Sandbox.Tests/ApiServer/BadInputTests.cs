using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Whatever is sent, an answer comes back, and nothing that was there is harmed.</summary>
public sealed class BadInputTests
{
    private static readonly string[] Targets =
    [
        "/api/v1/namespaces/default/pods", "/api/v1/namespaces/default/services", "/api/v1/namespaces/default/events", "/api/v1/namespaces/default/secrets",
        "/apis/apps/v1/namespaces/default/deployments", "/apis/apps/v1/namespaces/default/replicasets", "/apis/batch/v1/namespaces/default/jobs",
        "/apis/coordination.k8s.io/v1/namespaces/default/leases", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "/api/v1/namespaces",
        "/apis/example.dev/v1/namespaces/default/widgets", "/apis/events.k8s.io/v1/namespaces/default/events",
    ];

    private static readonly string[] Keys =
    [
        "metadata", "name", "spec", "template", "containers", "labels", "ports", "selector", "matchLabels", "data", "status", "kind", "finalizers", "ownerReferences",
        "versions", "names", "schema", "openAPIV3Schema", "properties", "env", "resources", "limits", "image", "group", "type", "regarding", "managedFields", "annotations",
    ];

    private static readonly string[] ContentTypes =
        ["application/json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/json-patch+json", "application/apply-patch+yaml"];

    [Fact]
    public void Any_json_gets_an_answer() => Prop.ForAll(Requests().ToArbitrary(), requests =>
    {
        var client = new SandboxClient();
        client.Create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Transcript.Load("01-crd-lifecycle").Steps[0].Request["body"]!.ToJsonString());
        client.Create("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"kept"}}""");
        foreach (var request in requests)
        {
            var body = JsonNode.Parse(request.Body);
            if (body is JsonObject named && request.Method == "POST") named["metadata"] ??= new JsonObject { ["name"] = "x" };
            var path = Targets[request.Target] + (request.Method == "POST" ? "" : "/x") + "?fieldManager=m&force=true";
            var response = client.Send(request.Method, path, body?.ToJsonString() ?? "null", request.ContentType);
            response.StatusCode.ShouldBeInRange(200, 599);
            if (response.StatusCode >= 500) JsonNode.Parse(Encoding.UTF8.GetString(response.Body.Span))!["kind"]!.GetValue<string>().ShouldBe("Status");
            client.Send("GET", Targets[request.Target], accept: "application/json;as=Table;v=v1;g=meta.k8s.io").StatusCode.ShouldBe(200);
        }

        client.Get("/api/v1/namespaces/default/configmaps/kept");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void What_is_no_object_is_a_bad_request(string body) =>
        new SandboxClient().Refusal(400, "POST", "/api/v1/namespaces/default/configmaps", body).ShouldContain("must be of type ConfigMap");

    // Each as a real server answered it.
    [Theory]
    [InlineData("POST", "?dryRun=Some", "{}", 422, "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported values: \"All\"")]
    [InlineData("POST", "", """{"metadata":{"name":"a","resourceVersion":"5"}}""", 500, "resourceVersion should not be set on objects to be created")]
    [InlineData("POST", "", """{"metadata":{"name":"a","namespace":"other"}}""", 400, "the namespace of the provided object does not match the namespace sent on the request")]
    [InlineData("PUT", "/kept", """{"metadata":{"name":"kept","resourceVersion":"abc"}}""", 500, "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("PUT", "/kept", """{"metadata":{}}""", 400, "the name of the object (kept based on URL) was undeterminable: name must be provided")]
    [InlineData("GET", "?resourceVersionMatch=Exact", "", 422,
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData("GET", "?resourceVersionMatch=Exact&resourceVersion=0", "", 422,
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    public void Requests_that_contradict_themselves_are_refused(string method, string path, string body, int status, string message)
    {
        const string configMaps = "/api/v1/namespaces/default/configmaps";
        var client = new SandboxClient();
        client.Create(configMaps, """{"metadata":{"name":"kept"}}""");
        client.Refusal(status, method, configMaps + path, body).ShouldBe(message);
    }

    [Fact]
    public void Nesting_without_end_is_a_bad_request() => new SandboxClient()
        .Refusal(400, "POST", "/api/v1/namespaces/default/configmaps", string.Concat(Enumerable.Repeat("{\"a\":", 5000))).ShouldContain("json parse error");

    private static Gen<Request[]> Requests() => (
        from method in Gen.Elements("POST", "PUT", "PATCH")
        from target in Gen.Choose(0, Targets.Length - 1)
        from contentType in Gen.Elements(ContentTypes)
        from body in Json(5)
        select new Request(method, target, method == "PATCH" ? contentType : "application/json", body)).ArrayOf();

    private static Gen<string> Json(int depth)
    {
        var scalar = Gen.Elements("null", "true", "0", "-1", "3", "\"\"", "\"x\"", "\"Not_Valid\"", "\"2026-01-01T00:00:00Z\"", "1.5");
        if (depth == 0) return scalar;
        var members = from key in Gen.Elements(Keys) from value in Json(depth - 1) select (key, value);
        var map = from list in members.ListOf() select "{" + string.Join(",", list.DistinctBy(pair => pair.key).Select(pair => $"\"{pair.key}\":{pair.value}")) + "}";
        var array = from list in Json(depth - 1).ListOf() select "[" + string.Join(",", list) + "]";
        return Gen.Frequency((2, scalar), (6, map), (1, array));
    }

    private sealed record Request(string Method, int Target, string ContentType, string Body);
}
