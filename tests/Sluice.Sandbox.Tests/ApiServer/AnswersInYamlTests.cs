using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Rest;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class AnswersInYamlTests
{
    private readonly SandboxClient _client = new();

    [Fact]
    public void Objects_lists_and_failures_are_written_in_YAML_for_whoever_prefers_it()
    {
        _client.Create("/api/v1/namespaces/default/configmaps", """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm"},"data":{"plain":"text","number":"1","word":"yes","empty":"","lines":"a\nb","colon":"a: b"}}
            """);

        var answer = _client.Send("GET", "/api/v1/namespaces/default/configmaps/cm", accept: "application/yaml");

        answer.ContentType.ShouldBe("application/yaml");
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        text.ShouldStartWith("apiVersion: v1\ndata:\n  colon: \"a: b\"\n  empty: \"\"\n  lines: \"a\\nb\"\n  number: \"1\"\n  plain: text\n  word: \"yes\"\nkind: ConfigMap\nmetadata:\n");
        JsonNode.DeepEquals(YamlReader.Parse(text), _client.Get("/api/v1/namespaces/default/configmaps/cm")).ShouldBeTrue(text);
        Yaml("/api/v1/namespaces/default/secrets", 200).ShouldStartWith("apiVersion: v1\nitems: []\nkind: SecretList\n");
        Yaml("/api/v1/namespaces/default/configmaps/nosuch", 404).ShouldContain("\nmessage: \"configmaps \\\"nosuch\\\" not found\"\n");
        _client.Send("GET", "/api/v1/namespaces/default/configmaps/cm", accept: "application/json, application/yaml").ContentType.ShouldBe("application/json");
    }

    [Fact]
    public void Whoever_takes_nothing_but_YAML_is_told_the_groups_in_it()
    {
        var answer = _client.Send("GET", "/apis", accept: "application/yaml");

        (answer.StatusCode, answer.ContentType).ShouldBe((200, "application/yaml"));
        Encoding.UTF8.GetString(answer.Body.Span).ShouldContain("\nkind: APIGroupList\n");
    }

    [Fact]
    public void A_watch_has_no_form_in_YAML()
    {
        var answer = _client.Send("GET", "/api/v1/namespaces?watch=true", accept: "application/yaml");

        answer.StatusCode.ShouldBe(406);
        Encoding.UTF8.GetString(answer.Body.Span).ShouldContain("only the following media types are accepted: application/json;stream=watch");
    }

    private string Yaml(string path, int status)
    {
        var answer = _client.Send("GET", path, accept: "application/yaml, */*");
        answer.StatusCode.ShouldBe(status);
        return Encoding.UTF8.GetString(answer.Body.Span);
    }
}
