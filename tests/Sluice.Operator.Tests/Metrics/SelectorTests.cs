using System.Text.RegularExpressions;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queries;

namespace Sluice.Operator.Tests.Metrics;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("http_requests_total", "http_requests_total")]
    [InlineData("  http_requests_total\t", "http_requests_total")]
    [InlineData("job:requests:rate", "job:requests:rate")]
    [InlineData("requests{}", "requests")]
    [InlineData("requests { }", "requests")]
    [InlineData("""requests{service="x"}""", """requests{service="x"}""")]
    [InlineData("""requests { service = "x" , code =~ '5..' , }""", """requests{service="x",code=~"5.."}""")]
    [InlineData("""requests{a!="",b!~`\d+`}""", """requests{a!="",b!~"\\d+"}""")]
    [InlineData("""requests{a="say \"hi\"",b='it\'s'}""", """requests{a="say \"hi\"",b="it's"}""")]
    [InlineData("""requests{a="tab\there\u00e4\x41"}""", """requests{a="tab\thereäA"}""")]
    [InlineData("""requests{a="}[5m]) or vector(1) # "}""", """requests{a="}[5m]) or vector(1) # "}""")]
    public void A_selector_is_read_and_written_afresh(string text, string rendered) =>
        SelectorParser.ParseSelector("errorRate.counter", text).ShouldBeOfType<Checked<Selector>.Valid>().Value.ToString().ShouldBe(rendered);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("5xx_total")]
    [InlineData("{__name__=\"requests\"}")]
    [InlineData("requests{__name__=\"other\"}")]
    [InlineData("requests{service=\"x\"")]
    [InlineData("requests{service=x}")]
    [InlineData("requests{service==\"x\"}")]
    [InlineData("requests{service=\"x\" code=\"5\"}")]
    [InlineData("requests{,}")]
    [InlineData("requests{service=\"x\"}[5m]")]
    [InlineData("requests{service=\"x\"} offset 5m")]
    [InlineData("requests or vector(1)")]
    [InlineData("sum(requests)")]
    [InlineData("requests{a=\"\\q\"}")]
    [InlineData("requests{a=\"\\ud800\"}")]
    [InlineData("requests{a=\"\\xff\"}")]
    [InlineData("requests{a=\"line\nbreak\"}")]
    [InlineData("requests{\"a\"=\"b\"}")]
    [InlineData("requests{a=\"b\"} # comment")]
    public void Anything_else_of_PromQL_is_refused_and_the_field_named(string text)
    {
        var error = SelectorParser.ParseSelector("errorRate.counter", text).ShouldBeOfType<Checked<Selector>.Invalid>().Error;
        error.Field.ShouldBe("errorRate.counter");
        error.Message.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("""code=~"5..",method!="GET" """, """code=~"5..",method!="GET" """)]
    [InlineData("code='500',", """code="500" """)]
    public void Matchers_stand_without_braces(string text, string rendered) =>
        string.Join(',', SelectorParser.ParseMatchers("errorRate.errors", text).ShouldBeOfType<Checked<IReadOnlyList<LabelMatcher>>.Valid>().Value)
            .ShouldBe(rendered.Trim());

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("{code=\"500\"}")]
    [InlineData("code")]
    [InlineData("code=500")]
    [InlineData("code=\"500\"} or vector(1) or x{a=\"b\"")]
    public void Matchers_that_are_none_are_refused(string text) =>
        SelectorParser.ParseMatchers("errorRate.errors", text).ShouldBeOfType<Checked<IReadOnlyList<LabelMatcher>>.Invalid>()
            .Error.Field.ShouldBe("errorRate.errors");

    [Fact]
    public void The_message_says_where_and_what_is_expected()
    {
        var error = SelectorParser.ParseSelector("errorRate.counter", "requests{service=x}").ShouldBeOfType<Checked<Selector>.Invalid>().Error;
        error.ToString().ShouldBe("errorRate.counter: found 'x' at character 18 where a quoted value is expected");
    }

    [Fact]
    public void A_text_too_long_is_refused() =>
        SelectorParser.ParseSelector("errorRate.counter", new string('a', 1025)).ShouldBeOfType<Checked<Selector>.Invalid>();

    [Theory]
    [InlineData("payments", "6f9c", "payments-6f9c-[^-]+")]
    [InlineData("a.b", "6f9c", "a[.]b-6f9c-[^-]+")]
    public void Pods_are_meant_by_their_names_as_the_API_server_makes_them(string rollout, string revision, string pattern) =>
        PodPattern.Of(rollout, revision).ShouldBe(pattern);

    [Fact]
    public void Pods_of_a_Rollout_with_the_longest_name_are_meant_by_the_shortened_name_of_their_ReplicaSet()
    {
        var rollout = new string('a', 63);
        var pod = $"{Engine.Plans.ObjectNames.ReplicaSet(rollout, "6f9c1b2a3d")}-x7x2k";

        pod.Length.ShouldBeLessThanOrEqualTo(63);
        Regex.IsMatch(pod, $"^(?:{PodPattern.Of(rollout, "6f9c1b2a3d")})$", RegexOptions.None, TimeSpan.FromSeconds(5)).ShouldBeTrue();
    }
}
