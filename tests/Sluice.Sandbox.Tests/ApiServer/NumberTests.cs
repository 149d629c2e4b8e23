using System.Text;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>Numbers in custom resources, each as a real server (1.36) answered and stored it.</summary>
public sealed class NumberTests
{
    private const string Things = "/apis/test.dev/v1/namespaces/default/things";
    private const string Thing = Things + "/a";

    private readonly SandboxClient client = new();

    public NumberTests() => client.Create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.test.dev"},
         "spec": {"group": "test.dev", "scope": "Namespaced", "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
          "versions": [{"name": "v1", "served": true, "storage": true,
           "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
           "schema": {"openAPIV3Schema": {"type": "object", "properties": {
            "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
            "spec": {"type": "object", "properties": {
             "replicas": {"type": "integer", "format": "int32"}, "seconds": {"type": "integer", "format": "int32"},
             "step": {"type": "object", "properties": {"weight": {"type": "integer", "format": "int32"}}, "x-kubernetes-validations": [{"rule": "has(self.weight)", "message": "a weight is needed"}]},
             "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}}}]}}
        """);

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1e2", "100")]
    [InlineData("1.50", "1.5")]
    [InlineData("1.0E+2", "100")]
    [InlineData("-0.0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854776000")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("0.00000012", "1.2e-7")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("0.1234567890123456789", "0.12345678901234568")]
    public void A_number_is_stored_in_the_form_that_a_real_server_gives_it(string written, string stored)
    {
        client.Create(Things, Manifest($$$"""{"any": {"v": {{{written}}}}}"""));
        StoredText().ShouldContain($"\"v\":{stored}}}");

        client.Merge(Thing, $$$$$"""{"spec": {"any": {"w": {"x": [{{{{{written}}}}}]}}}}""");
        StoredText().ShouldContain($"\"x\":[{stored}]");
    }

    [Fact]
    public void A_whole_number_with_a_fraction_or_an_exponent_is_no_integer_to_rules_and_to_the_scale_subresource()
    {
        client.Create(Things, Manifest("""{"seconds": 2.0}"""));
        StoredText().ShouldContain("\"seconds\":2}");

        client.Refusal(422, "POST", Things, Manifest("""{"replicas": 1.0}"""))
            .ShouldBe("Thing.test.dev \"a\" is invalid: .spec.replicas: Invalid value: 0: .spec.replicas accessor error: 1 is of the type float64, expected int64");
        client.Refusal(422, "POST", Things, Manifest("""{"replicas": 1e2, "step": {"weight": 5e1}}""")).ShouldBe(
            "Thing.test.dev \"a\" is invalid: [.spec.replicas: Invalid value: 0: .spec.replicas accessor error: 100 is of the type float64, expected int64, "
            + "spec.step: Invalid value: \"object\": invalid data, expected int, got float64 evaluating rule: a weight is needed]");
    }

    [Theory]
    [InlineData("true", "0: .spec.replicas accessor error: true is of the type bool, expected int64")]
    [InlineData("{}", "0: .spec.replicas accessor error: map[] is of the type map[string]interface {}, expected int64")]
    [InlineData("[\"1\"]", "0: .spec.replicas accessor error: [1] is of the type []interface {}, expected int64")]
    [InlineData("1.5", "0: .spec.replicas accessor error: 1.5 is of the type float64, expected int64")]
    [InlineData("-1", "-1: should be a non-negative integer")]
    [InlineData("2147483648", "2147483648: should be less than or equal to 2147483647")]
    public void Replicas_that_the_scale_subresource_cannot_show_are_refused(string replicas, string why) =>
        client.Refusal(422, "POST", Things, Manifest($$"""{"replicas": {{replicas}}}""")).ShouldContain($".spec.replicas: Invalid value: {why}");

    [Theory]
    [InlineData("{}", "\"\": spec.seconds in body must be of type int32: \"\"")]
    [InlineData("true", "\"\": spec.seconds in body must be of type int32: \"\"")]
    [InlineData("1.5", "\"float64\": spec.seconds in body must be of type int32: \"float64\"")]
    [InlineData("\"1\"", "\"string\": spec.seconds in body must be of type integer: \"string\"")]
    [InlineData("[1]", "\"array\": spec.seconds in body must be of type integer: \"array\"")]
    public void What_is_no_number_is_refused_in_the_words_of_a_real_server(string seconds, string why) =>
        client.Refusal(422, "POST", Things, Manifest($$"""{"seconds": {{seconds}}}""")).ShouldContain($"spec.seconds: Invalid value: {why}");

    [Fact]
    public void A_number_that_no_double_can_hold_is_refused()
    {
        client.Refusal(400, "POST", Things, Manifest("""{"any": {"v": 1e400}}"""))
            .ShouldBe("Thing in version \"v1\" cannot be handled as a Thing: json: cannot unmarshal number 1e400 into Go value of type float64");
        client.Create(Things, Manifest("{}"));
        client.Refusal(400, "PATCH", Thing, """{"spec": {"any": {"v": 1e400}}}""", "application/merge-patch+json")
            .ShouldBe("error decoding patch: json: cannot unmarshal number 1e400 into Go value of type float64");
        client.Refusal(400, "PATCH", Thing, """[{"op": "add", "path": "/spec/any", "value": {"v": 1e400}}]""", "application/json-patch+json")
            .ShouldBe("error decoding patch: json: cannot unmarshal number 1e400 into Go struct field jsonPatchOp.value of type float64");
    }

    [Fact]
    public void What_is_applied_is_read_as_YAML_in_which_a_whole_double_is_an_integer()
    {
        var applied = """{"apiVersion": "test.dev/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"replicas": 3.0, "any": {"v": 5e1, "w": 0.00000012}}}""";

        SandboxClient.Read(client.Send("PATCH", Thing + "?fieldManager=m", applied, "application/apply-patch+yaml"), 201);

        StoredText().ShouldContain("\"replicas\":3");
        StoredText().ShouldContain("\"v\":50,\"w\":1.2e-7");
        SandboxClient.Read(client.Send("POST", Things, "apiVersion: test.dev/v1\nkind: Thing\nmetadata: {name: b}\nspec: {replicas: 2.0, any: {v: 1e400, w: 1e2}}", "application/yaml"), 201);
        Text(Things + "/b").ShouldContain("\"v\":\"1e400\",\"w\":100");
    }

    private static string Manifest(string spec) => $$"""{"apiVersion": "test.dev/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {{spec}}}""";

    private string StoredText() => Text(Thing);

    private string Text(string path) => Encoding.UTF8.GetString(client.Send("GET", path).Body.Span);
}
