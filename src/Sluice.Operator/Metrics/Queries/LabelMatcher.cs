namespace Sluice.Operator.Metrics.Queries;

/// <summary>A label, one of <c>=</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>, and the value without its quotes; <see cref="ToString"/> is PromQL.</summary>
internal sealed record LabelMatcher(string Label, string Operator, string Value)
{
    public override string ToString() => $"{Label}{Operator}{PromQlString.Quote(Value)}";
}

/// <summary>A metric's name with the matchers that all must hold; <see cref="ToString"/> is PromQL.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<LabelMatcher> Matchers)
{
    public Selector With(params IEnumerable<LabelMatcher> more) => this with { Matchers = [.. Matchers, .. more] };

    public override string ToString() => Matchers.Count == 0 ? Metric : $"{Metric}{{{string.Join(',', Matchers)}}}";
}
