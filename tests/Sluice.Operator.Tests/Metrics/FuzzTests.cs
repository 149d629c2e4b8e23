using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Queries;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

/// <summary>Whatever comes in, the outcome is a value.</summary>
public sealed class FuzzTests
{
    private static readonly string[] AnswerParts =
    [
        "{", "}", "[", "]", ",", ":", "\"status\"", "\"success\"", "\"error\"", "\"data\"", "\"resultType\"", "\"vector\"", "\"scalar\"", "\"matrix\"",
        "\"result\"", "\"metric\"", "\"value\"", "\"values\"", "\"NaN\"", "\"+Inf\"", "\"1\"", "1", "-1e400", "null", "true", "\"\\ud800\"", "\"errorType\"", "\"\u00e4\"",
    ];

    private static readonly string[] SelectorParts =
        ["requests", "{", "}", "a", "=", "!=", "=~", "!~", "\"", "'", "`", "\\", "\\x4", "\\u12", "\\U0010ffff", ",", " ", "\n", "__name__", "5m", "[", "]", "#", "\ud800"];

    private static readonly string[] TemplateParts = ["{{", "}}", "pods", "nasty", " ", "\"", "'", "`", "\\", "#", "\n", "up", "{", "}"];

    [Fact]
    public void Selectors_never_throw_and_what_is_valid_reads_back_as_itself() => Check(SelectorParts, text =>
    {
        if (SelectorParser.ParseSelector("f", text) is not Checked<Selector>.Valid valid) return true;

        var rendered = valid.Value.ToString();
        return SelectorParser.ParseSelector("f", rendered) is Checked<Selector>.Valid again && again.Value.ToString() == rendered;
    });

    [Fact]
    public void Matchers_of_any_value_read_back_as_that_value() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), value =>
    {
        if (value is null || value.EnumerateRunes().Contains(Rune.ReplacementChar)) return true;

        var text = new LabelMatcher("a", "=", value).ToString();
        return text.Length > SelectorParser.LongestText
            || (SelectorParser.ParseMatchers("f", text) is Checked<IReadOnlyList<LabelMatcher>>.Valid valid && valid.Value.Single().Value == value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Templates_never_throw_and_no_value_leaves_its_literal() => Check(TemplateParts, text =>
    {
        var values = new Dictionary<string, string> { ["pods"] = "a-[^-]+", ["nasty"] = "\"'`\\\n#{{pods}}" };
        if (QueryTemplate.Render("f", text, values) is not Checked<string>.Valid valid) return true;

        // With plain words in their place the query has the same skeleton: the same characters outside of literals.
        var plain = QueryTemplate.Render("f", text, new Dictionary<string, string> { ["pods"] = "x", ["nasty"] = "x" });
        return plain is Checked<string>.Valid words && Skeleton(words.Value) == Skeleton(valid.Value);
    });

    [Fact]
    public void Answers_of_Prometheus_never_throw_and_never_become_a_number_by_accident() => Check(AnswerParts, text =>
    {
        foreach (var status in new[] { 200, 400, 503 })
        {
            var answer = AnswerParser.Parse(Encoding.UTF8.GetBytes(text), status).AsNumber();
            if (answer is QueryAnswer.Scalar && (status != 200 || !text.Contains("\"success\"", StringComparison.Ordinal))) return false;
        }

        return true;
    });

    [Fact]
    public void Answers_of_any_bytes_never_throw() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        AnswerParser.Parse(bytes, 200).AsNumber() is QueryAnswer.NoData).QuickCheckThrowOnFailure();

    [Fact]
    public void A_damaged_answer_never_throws()
    {
        const string Whole = """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"a"},"value":[1700000000.123,"42.5"]}]}}""";
        var bytes = Encoding.UTF8.GetBytes(Whole);
        for (var i = 0; i < bytes.Length; i++)
        {
            AnswerParser.Parse(bytes.AsSpan(0, i), 200).ShouldBeOfType<QueryAnswer.NoData>();
            foreach (var replacement in "\"[]{},:0x\\\0\u007f"u8.ToArray().Append((byte)0xff))
            {
                byte[] damaged = [.. bytes];
                damaged[i] = replacement;
                Should.NotThrow(() => AnswerParser.Parse(damaged, 200).AsNumber());
            }
        }
    }

    [Fact]
    public void A_plain_scalar_where_none_may_be_is_told_and_not_thrown() =>
        MetricSourcesYaml.Read("- [[\"http://aheadersaddress%%---%http://a\"?]- ?&a \t\nmetricSources}address %&a  *ahttp://a1s*ahttp://a|nameaddress")
            .ShouldBeOfType<MetricSourcesRead.Invalid>();

    [Fact]
    public void Configurations_never_throw() =>
        Check(["metricSources", ":", " ", "\n", "- ", "[", "]", "{", "}", "address", "http://a", "&a ", "*a", "!!binary", "|", "\"", "'", "name", "headers", "timeout", "1s", "?", "---", "\t", "%"],
            yaml => MetricSourcesYaml.Read(yaml) is not null);

    private static void Check(string[] parts, Func<string, bool> holds)
    {
        var texts = Gen.Elements(parts).ListOf().Select(chosen => string.Concat(chosen)).ToArbitrary();
        Prop.ForAll(texts, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(40));
    }

    private static string Skeleton(string query)
    {
        var text = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < query.Length; i++)
        {
            var c = query[i];
            if (quote == '\0')
            {
                if (c is '"' or '\'' or '`' or '#') quote = c;
                else if (!char.IsAsciiLetterOrDigit(c)) text.Append(c);
            }
            else if (c == '\\' && quote is '"' or '\'')
            {
                i++;
            }
            else if (c == (quote == '#' ? '\n' : quote))
            {
                quote = '\0';
            }
        }

        return text.ToString();
    }
}
