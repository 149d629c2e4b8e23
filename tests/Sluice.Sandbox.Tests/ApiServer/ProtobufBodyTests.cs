using Google.Protobuf;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.OpenApi;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What typed clients send, field by field; the whole of it is tested with kubectl.</summary>
public sealed class ProtobufBodyTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    private readonly SandboxClient _client = new();

    [Fact]
    public void A_built_in_kind_is_read_and_zeros_that_nobody_set_are_left_out()
    {
        var metadata = ProtobufWriter.Message(message =>
        {
            message.Text(1, "cm");
            message.Text(2, "");
            message.Integer(7, 0);
            message.Bytes(11, Entry("tier", "web"));
        });
        var configMap = ProtobufWriter.Message(message =>
        {
            message.Bytes(1, metadata);
            message.Bytes(2, Entry("k", "v"));
            message.Flag(4, false);
        });

        Send("POST", ConfigMaps, "v1", "ConfigMap", configMap).StatusCode.ShouldBe(201);

        var created = _client.Get(ConfigMaps + "/cm");
        created["data"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
        created["metadata"]!["labels"]!.ToJsonString().ShouldBe("""{"tier":"web"}""");
        created["metadata"]!["generateName"].ShouldBeNull();
        created["immutable"]!.ToJsonString().ShouldBe("false");
    }

    [Fact]
    public void Options_of_a_deletion_are_read()
    {
        _client.Create(ConfigMaps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm"}}""");
        var preconditions = ProtobufWriter.Message(message => message.Text(1, "another"));

        Send("DELETE", ConfigMaps + "/cm", "v1", "DeleteOptions", ProtobufWriter.Message(message => message.Bytes(2, preconditions))).StatusCode.ShouldBe(409);

        Send("DELETE", ConfigMaps + "/cm", "v1", "DeleteOptions", ByteString.Empty).StatusCode.ShouldBe(200);
    }

    [Fact]
    public void Bodies_that_cannot_be_read_are_bad_requests_and_other_kinds_are_unsupported()
    {
        Raw("POST", ConfigMaps, "{}"u8.ToArray()).StatusCode.ShouldBe(400);
        Send("POST", ConfigMaps, "v1", "ConfigMap", ByteString.CopyFrom(0x0A, 0x7F, 0x01)).StatusCode.ShouldBe(400);
        Send("POST", ConfigMaps, "v1", "Secret", ByteString.Empty).StatusCode.ShouldBe(400);
        Send("POST", ConfigMaps, "nosuch.dev/v1", "Nothing", ByteString.Empty).StatusCode.ShouldBe(415);
    }

    private static ByteString Entry(string key, string value) => ProtobufWriter.Message(message =>
    {
        message.Text(1, key);
        message.Text(2, value);
    });

    private ApiResponse Send(string method, string path, string apiVersion, string kind, ByteString raw) => Raw(method, path, [.. "k8s\0"u8, .. ProtobufWriter.Message(envelope =>
    {
        envelope.Bytes(1, Entry(apiVersion, kind));
        envelope.Bytes(2, raw);
    }).Span]);

    private ApiResponse Raw(string method, string path, byte[] body) =>
        _client.Server.Handle(new ApiRequest(method, path) { ContentType = "application/vnd.kubernetes.protobuf", Body = body });
}
