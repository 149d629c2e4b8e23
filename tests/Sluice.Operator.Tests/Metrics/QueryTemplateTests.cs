using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queries;

namespace Sluice.Operator.Tests.Metrics;

public sealed class QueryTemplateTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["namespace"] = "shop",
        ["window"] = "135s",
        ["nasty"] = "\"} or vector(1) # \\ '\n`",
        ["words"] = "two words",
        ["empty"] = "",
    };

    [Theory]
    [InlineData("up", "up")]
    [InlineData("""up{namespace="{{namespace}}"}[{{window}}]""", """up{namespace="shop"}[135s]""")]
    [InlineData("""up{namespace="{{ namespace }}"}""", """up{namespace="shop"}""")]
    [InlineData("up{namespace=`{{namespace}}`}", "up{namespace=`shop`}")]
    [InlineData("up{namespace='{{namespace}}-{{namespace}}'}", "up{namespace='shop-shop'}")]
    [InlineData("""up{a="{{nasty}}"}""", """up{a="\"} or vector(1) # \\ '\n`"}""")]
    [InlineData("up{a='{{nasty}}'}", """up{a='"} or vector(1) # \\ \'\n`'}""")]
    [InlineData("""up{a="\"{{words}}\""}""", """up{a="\"two words\""}""")]
    [InlineData("""up{a="{{empty}}"}""", """up{a=""}""")]
    [InlineData("up # {{namespace}}\n+ 1", "up # shop\n+ 1")]
    [InlineData("""up{a="#"} > {{window}}""", """up{a="#"} > 135s""")]
    public void Placeholders_become_values_that_cannot_leave_their_quotes(string text, string rendered) =>
        QueryTemplate.Render("threshold.query", text, Values).ShouldBeOfType<Checked<string>.Valid>().Value.ShouldBe(rendered);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  ", "is empty")]
    [InlineData("{{pod}}", "unknown placeholder {{pod}}; known are: namespace, window, nasty, words, empty")]
    [InlineData("{{}}", "unknown placeholder {{}}")]
    [InlineData("{{Namespace}}", "unknown placeholder {{Namespace}}")]
    [InlineData("up[{{window]", "{{ at character 4 is never closed")]
    [InlineData("up > {{words}}", "the value of {{words}} is no plain word")]
    [InlineData("up > {{empty}}", "the value of {{empty}} is no plain word")]
    [InlineData("up{a=`{{nasty}}`}", "holds a backtick")]
    [InlineData("# {{nasty}}", "is no plain word")]
    [InlineData("up{a=\"b}", "a literal that starts with \" is never closed")]
    public void Anything_wrong_is_said_with_the_field(string text, string message)
    {
        var error = QueryTemplate.Render("threshold.query", text, Values).ShouldBeOfType<Checked<string>.Invalid>().Error;
        error.Field.ShouldBe("threshold.query");
        error.Message.ShouldContain(message);
    }
}
