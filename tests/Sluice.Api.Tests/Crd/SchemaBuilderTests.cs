using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Api.Schema;
using Sluice.CrdGenerator;
using Sluice.Kubernetes.Models;

namespace Sluice.Api.Tests.Crd;

public sealed class SchemaBuilderTests
{
    private enum Colour
    {
        Red,
        Green,
    }

    [CelRule("has(self.size)", "a size is needed")]
    private sealed record Sample
    {
        [Description("How many.")]
        [Required]
        [Minimum(1)]
        [Maximum(9)]
        [Default(3)]
        public int? Size { get; init; }

        [Description("Which.")]
        public Colour Colour { get; init; }

        [Description("Names.")]
        [MinItems(1)]
        [MaxItems(4)]
        [MaxLength(8)]
        [Pattern("^[a-z]+$")]
        [ListType("set")]
        public IReadOnlyList<string> Names { get; init; } = [];

        [Description("Room.")]
        [Minimum(0)]
        [Maximum(50)]
        public IntOrString Surge { get; init; }

        [Description("Since when.")]
        public DateTimeOffset? At { get; init; }
    }

    private sealed record Raw
    {
        public JsonElement? Value { get; init; }
    }

    private sealed record Of<T>
    {
        public T? Value { get; init; }
    }

    [Fact]
    public void A_record_becomes_a_structural_schema() =>
        Manifest.Parse(Yaml.Write(SchemaBuilder.OfRecord(typeof(Sample)))).ToJsonString().ShouldBe(JsonNode.Parse("""
            {
              "type": "object",
              "required": ["size"],
              "properties": {
                "at": {"description": "Since when.", "type": "string", "format": "date-time"},
                "colour": {"description": "Which.", "type": "string", "enum": ["Red", "Green"]},
                "names": {
                  "description": "Names.", "type": "array", "minItems": 1, "maxItems": 4, "x-kubernetes-list-type": "set",
                  "items": {"type": "string", "maxLength": 8, "pattern": "^[a-z]+$"}
                },
                "size": {"description": "How many.", "type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 3},
                "surge": {
                  "description": "Room.", "anyOf": [{"type": "integer"}, {"type": "string"}], "minimum": 0, "maximum": 50,
                  "x-kubernetes-int-or-string": true
                }
              },
              "x-kubernetes-validations": [{"rule": "has(self.size)", "message": "a size is needed"}]
            }
            """)!.ToJsonString());

    [Fact]
    public void Raw_json_must_be_declared_as_such() =>
        Should.Throw<InvalidOperationException>(() => SchemaBuilder.OfRecord(typeof(Raw))).Message.ShouldContain("[PreserveUnknownFields]");

    [Theory]
    [InlineData(typeof(Of<TimeSpan>))]
    [InlineData(typeof(Of<object>))]
    [InlineData(typeof(Of<Uri>))]
    public void A_type_that_no_schema_can_describe_is_refused(Type record) =>
        Should.Throw<InvalidOperationException>(() => SchemaBuilder.OfRecord(record)).Message.ShouldContain("not a type that a schema can describe");
}
