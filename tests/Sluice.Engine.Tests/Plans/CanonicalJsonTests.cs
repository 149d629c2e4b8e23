using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Plans;

public sealed class CanonicalJsonTests
{
    private static readonly Gen<string> Names = Gen.Elements("a", "b", "B", "aa", "ä", "a.b/c", "");

    [Theory]
    [InlineData("""{"b":1,"a":[2,{"d":null,"c":"x"}]}""", """{"a":[2,{"c":"x"}],"b":1}""")]
    [InlineData("""  { "a" : null } """, "{}")]
    [InlineData("""[null]""", "[null]")]
    [InlineData("\"\\u00e4\"", "\"\\u00E4\"")]
    public void Members_are_sorted_and_nulls_left_out(string json, string canonical) =>
        Encoding.UTF8.GetString(CanonicalJson.Bytes(JsonElement.Parse(json))).ShouldBe(canonical);

    [Fact]
    public void The_order_of_members_and_members_that_are_null_mean_nothing() =>
        Prop.ForAll(Documents(4).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (document, seed) =>
        {
            var shuffled = Shuffled(document, new Random(seed));
            return Same(Element(document), Element(shuffled)) && CanonicalJson.ShortHash(Element(document)) == CanonicalJson.ShortHash(Element(shuffled));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Documents_that_differ_in_a_value_are_not_the_same() =>
        Prop.ForAll(Documents(4).ToArbitrary(), document =>
            !Same(Element(document), Element(new JsonObject { ["wrapped"] = document?.DeepClone() }))).QuickCheckThrowOnFailure();

    private static bool Same(JsonElement left, JsonElement right) => CanonicalJson.Bytes(left).AsSpan().SequenceEqual(CanonicalJson.Bytes(right));

    private static JsonElement Element(JsonNode? node) => JsonSerializer.SerializeToElement(node);

    private static Gen<JsonNode?> Documents(int depth) => depth == 0
        ? Gen.OneOf(Gen.Choose(-3, 3).Select(number => (JsonNode?)number), Names.Select(text => (JsonNode?)text), Gen.Constant((JsonNode?)true))
        : Gen.OneOf(
            Documents(0),
            Documents(depth - 1).ListOf(3).Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Names.Zip(Documents(depth - 1)).ListOf(4).Select(members =>
            {
                var result = new JsonObject();
                foreach (var (name, value) in members) result[name] = value?.DeepClone();
                return (JsonNode?)result;
            }));

    private static JsonNode? Shuffled(JsonNode? node, Random random) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Shuffled(member.Value, random)))
            .Append(KeyValuePair.Create<string, JsonNode?>($"nothing-{random.Next()}", null)).OrderBy(_ => random.Next())),
        JsonArray items => new JsonArray([.. items.Select(item => Shuffled(item, random))]),
        { } value => value.DeepClone(),
        _ => null,
    };
}
