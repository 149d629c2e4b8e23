using System.Globalization;
using Sprache;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>
/// Reads a selector as a person writes it: a metric's name and label matchers with quoted values, nothing else of PromQL.
/// What is read is rendered afresh (<see cref="Selector.ToString"/>), so no text of a user reaches a query unparsed.
/// </summary>
internal static class SelectorParser
{
    /// <summary>Longer ones are refused: no counter needs them, and every query repeats the selector several times.</summary>
    public const int LongestText = 1024;

    private sealed record RawMatcher(string Label, string Operator, string Literal);

    private static readonly Parser<string> Label = Parse.Regex("[a-zA-Z_][a-zA-Z0-9_]*", "a label name").Token();

    private static readonly Parser<string> Metric = Parse.Regex("[a-zA-Z_:][a-zA-Z0-9_:]*", "a metric name").Token();

    private static readonly Parser<string> MatchOperator =
        Parse.String("=~").Or(Parse.String("!~")).Or(Parse.String("!=")).Or(Parse.String("=")).Text().Named("one of =, !=, =~, !~").Token();

    private static readonly Parser<string> QuotedValue =
        Parse.Regex("""
            "(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`
            """, "a quoted value").Token();

    private static readonly Parser<RawMatcher> Matcher =
        from label in Label
        from op in MatchOperator
        from literal in QuotedValue
        select new RawMatcher(label, op, literal);

    private static readonly Parser<IEnumerable<RawMatcher>> MatcherList =
        from matchers in Matcher.DelimitedBy(Parse.Char(',').Token())
        from trailing in Parse.Char(',').Token().Optional()
        select matchers;

    private static readonly Parser<IEnumerable<RawMatcher>> Braces =
        from open in Parse.Char('{').Token()
        from matchers in MatcherList.XOptional()
        from close in Parse.Char('}').Token()
        select matchers.GetOrElse([]);

    private static readonly Parser<(string Metric, IEnumerable<RawMatcher> Matchers)> WholeSelector =
        from metric in Metric
        from matchers in Braces.XOptional()
        select (metric, matchers.GetOrElse([]));

    /// <summary><c>http_requests_total</c> or <c>http_requests_total{service="x"}</c>.</summary>
    public static Checked<Selector> ParseSelector(string field, string text) =>
        Run(field, text, WholeSelector).Then(raw => Unquote(field, raw.Matchers).Map(matchers => new Selector(raw.Metric, matchers)));

    /// <summary><c>code=~"5..",method!="GET"</c>: at least one, without braces.</summary>
    public static Checked<IReadOnlyList<LabelMatcher>> ParseMatchers(string field, string text) =>
        Run(field, text, MatcherList).Then(raw => Unquote(field, raw));

    private static Checked<T> Run<T>(string field, string text, Parser<T> parser)
    {
        if (text.Length > LongestText)
            return Invalid<T>(field, $"is longer than {LongestText.ToString(CultureInfo.InvariantCulture)} characters");

        var result = parser.End().TryParse(text);
        if (result.WasSuccessful) return new Checked<T>.Valid(result.Value);

        var found = result.Remainder.AtEnd ? "the text ends" : $"found '{result.Remainder.Current}'";
        var expected = result.Expectations.FirstOrDefault() is { Length: > 0 } expectation ? $" where {expectation} is expected" : "";
        var column = result.Remainder.Position + 1;
        return Invalid<T>(field, $"{found} at character {column.ToString(CultureInfo.InvariantCulture)}{expected}");
    }

    private static Checked<IReadOnlyList<LabelMatcher>> Unquote(string field, IEnumerable<RawMatcher> raw)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var matcher in raw)
        {
            if (matcher.Label == "__name__")
                return Invalid<IReadOnlyList<LabelMatcher>>(field, "a matcher of __name__ is not allowed: the metric's name stands before the braces");
            if (PromQlString.Unquote(matcher.Literal) is not { } value)
                return Invalid<IReadOnlyList<LabelMatcher>>(field, $"the value of {matcher.Label} has an unknown escape: {matcher.Literal}");
            matchers.Add(new LabelMatcher(matcher.Label, matcher.Operator, value));
        }

        return new Checked<IReadOnlyList<LabelMatcher>>.Valid(matchers);
    }

    private static Checked<T> Invalid<T>(string field, string message) => new Checked<T>.Invalid(new SpecError(field, message));
}
