using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.Tests.Schema;

/// <summary>CEL expressions: which of them compile, and what they come to, as a real API server has it.</summary>
public sealed class CelTests
{
    private static readonly JsonObject Compiled = Recorded.Read("recorded-cel-compile.json");
    private static readonly JsonObject Results = Recorded.Read("recorded-cel-results.json");

    // Functions of libraries that rules cannot use here, and messages written as literals: such a rule is refused.
    private static readonly string[] LeftOut = ["url(", "ip(", "semver(", "isSemver(", "format.dns", "self.p{"];

    public static TheoryData<string> CompiledRules => [.. Compiled["rules"]!.AsArray().Select(rule => rule!["rule"]!.GetValue<string>()).Distinct()];

    public static TheoryData<string> EvaluatedRules => [.. Results["rules"]!.AsArray().Select(rule => rule!["rule"]!.GetValue<string>()).Distinct()];

    [Theory]
    [MemberData(nameof(CompiledRules))]
    public void A_rule_compiles_or_is_refused_as_on_a_real_server(string rule)
    {
        var expected = Compiled["rules"]!.AsArray().First(recorded => recorded!["rule"]!.GetValue<string>() == rule)!["problem"]!.GetValue<string>();
        var errors = Parse(Compiled["schema"]!.AsObject(), rule).Errors;

        var problem = errors.Count == 0 ? "" : errors.ShouldHaveSingleItem().Message.Split("}: ", 2)[1];
        if (LeftOut.Any(rule.Contains))
            problem.ShouldStartWith("compilation failed: ");
        else
            WithoutTypeNumbers(problem).ShouldBe(WithoutTypeNumbers(expected));
    }

    [Theory]
    [MemberData(nameof(EvaluatedRules))]
    public void A_rule_comes_to_what_it_does_on_a_real_server(string rule)
    {
        var expected = Results["rules"]!.AsArray().First(recorded => recorded!["rule"]!.GetValue<string>() == rule)!["result"]!.GetValue<string>();
        var (schema, errors) = Parse(Results["schema"]!.AsObject(), rule);
        errors.ShouldBeEmpty();

        var failures = schema.Validate(new JsonObject { ["spec"] = Results["value"]!.DeepClone() }, old: null);
        var actual = failures.Count == 0 ? "true" : failures.ShouldHaveSingleItem().Message;
        actual.ShouldBe(expected switch
        {
            "true" => "true",
            "false" => "Invalid value: {rule}",
            _ => $"Invalid value: \"object\": {expected}",
        });
    }

    private static (StructuralSchema Schema, List<FieldError> Errors) Parse(JsonObject spec, string rule)
    {
        var withRule = spec.DeepClone().AsObject();
        withRule["x-kubernetes-validations"] = new JsonArray(new JsonObject { ["rule"] = rule, ["message"] = "{rule}" });
        List<FieldError> errors = [];
        var schema = StructuralSchema.Parse(
            new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["spec"] = withRule } }, "schema", errors);
        return (schema, errors);
    }

    private static string WithoutTypeNumbers(string text) => Regex.Replace(text, "selfType[0-9]*", "selfType", RegexOptions.None, TimeSpan.FromSeconds(1));
}
