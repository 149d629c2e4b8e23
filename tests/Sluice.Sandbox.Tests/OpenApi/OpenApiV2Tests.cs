using Google.Protobuf;
using Sluice.Sandbox.Tests.ApiServer;

namespace Sluice.Sandbox.Tests.OpenApi;

public sealed class OpenApiV2Tests
{
    private const string Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private readonly SandboxClient _client = new();

    [Fact]
    public void The_document_refers_to_nothing_that_it_does_not_define()
    {
        var document = _client.Get("/openapi/v2");
        var definitions = document["definitions"]!.AsObject();

        var references = System.Text.RegularExpressions.Regex
            .Matches(document.ToJsonString(), "\"\\$ref\":\"(?<type>[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
            .Select(match => match.Groups["type"].Value).Distinct().ToList();

        references.ShouldNotBeEmpty();
        references.Except(definitions.Select(definition => "#/definitions/" + definition.Key)).ShouldBeEmpty();
        document.ToJsonString().ShouldNotContain("\"allOf\":[");
        document.ToJsonString().ShouldNotContain("\"oneOf\":[");
    }

    [Fact]
    public void The_protobuf_form_holds_every_path_and_definition()
    {
        var document = _client.Get("/openapi/v2");

        var answer = _client.Send("GET", "/openapi/v2", accept: Protobuf);

        answer.ContentType.ShouldBe(Protobuf.Replace('@', '.'));
        var fields = Fields(ByteString.CopyFrom(answer.Body.Span));
        fields[1].Single().ToStringUtf8().ShouldBe("2.0");
        Names(fields[8].Single(), number: 2).ShouldBe(document["paths"]!.AsObject().Select(path => path.Key));
        Names(fields[9].Single(), number: 1).ShouldBe(document["definitions"]!.AsObject().Select(definition => definition.Key));
    }

    [Fact]
    public void Another_form_is_not_to_be_had() => _client.Send("GET", "/openapi/v2", accept: "text/plain").StatusCode.ShouldBe(406);

    private static IEnumerable<string> Names(ByteString list, int number) => Fields(list)[number].Select(item => Fields(item)[1].Single().ToStringUtf8());

    /// <summary>The fields of a message that has none but texts, bytes and messages.</summary>
    private static ILookup<int, ByteString> Fields(ByteString message)
    {
        var fields = new List<(int Number, ByteString Value)>();
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0) fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
        return fields.ToLookup(field => field.Number, field => field.Value);
    }
}
