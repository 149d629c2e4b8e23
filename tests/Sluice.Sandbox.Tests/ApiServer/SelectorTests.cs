using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Selectors;

namespace Sluice.Sandbox.Tests.ApiServer;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("a=1", true)]
    [InlineData("a==1,b=2", true)]
    [InlineData("a!=1", false)]
    [InlineData("c!=1", true)]
    [InlineData("a in (1, 3)", true)]
    [InlineData("a notin (1)", false)]
    [InlineData("c notin (1)", true)]
    [InlineData("a", true)]
    [InlineData("!a", false)]
    [InlineData("!c", true)]
    [InlineData("a>0,b<3", true)]
    [InlineData("b>2", false)]
    [InlineData("c=", false)]
    [InlineData("", true)]
    public void Labels_are_selected_as_kubernetes_selects(string selector, bool selected) =>
        LabelSelector.Parse(selector).MatchesLabels(new JsonObject { ["a"] = "1", ["b"] = "2" }).ShouldBe(selected);

    [Theory]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("=b")]
    [InlineData("a=b=c")]
    [InlineData("a=b,")]
    [InlineData("a>x")]
    public void A_label_selector_that_is_none_is_refused(string selector) =>
        Should.Throw<StatusException>(() => LabelSelector.Parse(selector)).Status.Code.ShouldBe(400);

    [Fact]
    public void A_selector_of_a_spec_and_its_text_select_the_same()
    {
        var selector = LabelSelector.FromSpec(JsonNode.Parse("""{"matchLabels":{"b":"2"},"matchExpressions":[{"key":"a","operator":"In","values":["1","x"]},{"key":"c","operator":"DoesNotExist"}]}""")!.AsObject());
        selector.ToString().ShouldBe("a in (1,x),b=2,!c");
        LabelSelector.Parse(selector.ToString()).ToString().ShouldBe(selector.ToString());
    }

    [Theory]
    [InlineData(".spec.size", "S")]
    [InlineData("{.spec.size}", null)]
    [InlineData(".spec.list[0].name", "x")]
    [InlineData(".spec.list[-1].name", "y")]
    [InlineData(".spec.list[*].name", "x")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "True")]
    [InlineData(".status.conditions[?(@.type=='Gone')].status", "")]
    [InlineData(".metadata.annotations['a.b/c']", "q")]
    [InlineData(".metadata.annotations.a\\.b/c", "q")]
    [InlineData(".spec.list[?(@.n>1)].name", "y")]
    [InlineData(".spec.list[", null)]
    public void Paths_reach_what_they_name(string path, string? expected)
    {
        var value = JsonNode.Parse(
            """
            {"metadata":{"annotations":{"a.b/c":"q"}},"spec":{"size":"S","list":[{"name":"x","n":1},{"name":"y","n":2}]},
             "status":{"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}}
            """);
        if (expected is null) Should.Throw<FormatException>(() => JsonPath.Parse(path));
        else (JsonPath.Parse(path).First(value)?.GetValue<string>() ?? "").ShouldBe(expected);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(125, "2m5s")]
    [InlineData(600, "10m")]
    [InlineData(3 * 3600 + 60, "3h1m")]
    [InlineData(9 * 3600, "9h")]
    [InlineData(50 * 3600, "2d2h")]
    [InlineData(10 * 86400, "10d")]
    [InlineData(3 * 365 * 86400, "3y")]
    public void Ages_are_as_short_as_kubectl_has_them(int seconds, string text) => HumanDuration.Format(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    [Fact]
    public void Yaml_becomes_the_json_that_it_means()
    {
        var json = YamlReader.Parse("a: 1\nb: \"1\"\nc: [true, null, 1.5, 1e3, 0x]\nd: {e: yes, mode: 0644}\nf: |\n  text\n")!;
        json.ToJsonString().ShouldBe("""{"a":1,"b":"1","c":[true,null,1.5,1000,"0x"],"d":{"e":true,"mode":420},"f":"text\n"}""");
    }

    [Fact]
    public void Yaml_that_multiplies_itself_is_refused()
    {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat("bcdefgh".Select((name, index) => $"{name}: &{name} [{string.Join(",", Enumerable.Repeat("*" + "abcdefgh"[index], 10))}]\n"));
        Should.Throw<FormatException>(() => YamlReader.Parse(bomb)).Message.ShouldContain("excessive aliasing");
    }
}
