using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.Tests.Schema;

/// <summary>Checks values, and schemas, against what a real API server said of them, cause by cause.</summary>
public sealed class RecordedValidationTests
{
    private static readonly JsonObject Values = Recorded.Read("recorded-values.json");
    private static readonly JsonObject Schemas = Recorded.Read("recorded-schemas.json");

    public static TheoryData<int> ValueCases => [.. Enumerable.Range(0, Values["cases"]!.AsArray().Count)];

    public static TheoryData<int> Updates => [.. Enumerable.Range(0, Values["updates"]!.AsArray().Count)];

    public static TheoryData<string, string> SchemaCases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var kind in (string[])["structural", "cel"])
            {
                foreach (var schema in Schemas[kind]!.AsArray())
                    data.Add(kind, schema!["name"]!.GetValue<string>());
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ValueCases))]
    public void A_value_gets_the_causes_that_a_real_server_gives(int number)
    {
        var recorded = Values["cases"]![number]!.AsObject();
        var schema = Parse(Values["schema"]!.AsObject());
        var value = new JsonObject { ["spec"] = recorded["spec"]!.DeepClone() };
        schema.Prune(value);
        schema.ApplyDefaults(value);

        Causes(schema.Validate(value, old: null)).ShouldBe(Causes(recorded), recorded["spec"]!.ToJsonString());
        if (recorded["stored"] is { } stored)
            JsonNumber.DeepEquals(value["spec"], stored).ShouldBeTrue($"{value["spec"]} should be {stored}");
    }

    [Theory]
    [MemberData(nameof(Updates))]
    public void What_an_update_leaves_alone_is_not_held_against_it(int number)
    {
        var recorded = Values["updates"]![number]!.AsObject();
        var schema = Parse(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["spec"] = recorded["schema"]!.DeepClone() },
        });
        var old = new JsonObject { ["spec"] = recorded["old"]!.DeepClone() };
        var updated = new JsonObject { ["spec"] = recorded["new"]!.DeepClone() };

        Causes(schema.Validate(updated, old)).ShouldBe(Causes(recorded), $"{old} to {updated}");
    }

    [Theory]
    [MemberData(nameof(SchemaCases))]
    public void A_schema_gets_the_causes_that_a_real_server_gives(string kind, string name)
    {
        var recorded = Schemas[kind]!.AsArray().Single(schema => schema!["name"]!.GetValue<string>() == name)!.AsObject();
        List<FieldError> errors = [];
        StructuralSchema.Parse(recorded["schema"]!.AsObject(), "spec.validation.openAPIV3Schema", errors);

        // What rules may cost is not estimated here: those causes are the server's alone.
        var expected = Causes(recorded).Where(cause => !cause.Contains("estimated rule cost", StringComparison.Ordinal));
        Causes(errors).ShouldBe(expected, name);
    }

    private static StructuralSchema Parse(JsonObject json)
    {
        List<FieldError> errors = [];
        var schema = StructuralSchema.Parse(json, "schema", errors);
        errors.ShouldBeEmpty();
        return schema;
    }

    private static List<string> Causes(IEnumerable<FieldError> errors) => [.. errors.Select(error => $"{error.Field}: {error.Message} ({error.Reason})")];

    private static List<string> Causes(JsonObject recorded) =>
        [.. (recorded["causes"] as JsonArray ?? []).Select(cause => $"{cause![1]}: {cause[2]} ({cause[0]})")];
}
