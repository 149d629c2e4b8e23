using System.Globalization;
using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>Evidence for one side: a factor, and the one that is enough for a verdict.</summary>
internal sealed record EvidenceView(string Text, double Factor, double Enough)
{
    /// <summary>How much of the way to a verdict is done: 0 to 1. Evidence multiplies, so the way is measured in logarithms.</summary>
    public double Progress => Factor <= 1 ? 0 : Math.Min(1, Math.Log(Factor) / Math.Log(Enough));

    public static EvidenceView Of(string? text, double enough) =>
        new(text ?? "0", double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) ? factor : text is null ? 0 : double.PositiveInfinity, enough);
}

/// <summary>What was measured of one metric, and what it says.</summary>
internal sealed record MetricView
{
    public required string Name { get; init; }

    public Verdict Verdict { get; private init; }

    /// <summary>The canary's error rate, as the status tells it.</summary>
    public string Canary { get; private init; } = "";

    public double CanaryRequests { get; private init; }

    /// <summary>Null where stable has no requests.</summary>
    public string? Stable { get; private init; }

    public double StableRequests { get; private init; }

    public string Max { get; private init; } = "";

    /// <summary>For promotion: a product over the requests, enough at 1/missedBad.</summary>
    public required EvidenceView For { get; init; }

    /// <summary>Against it: enough at 2/falseAlarm, which is shared out over the metrics.</summary>
    public required EvidenceView Against { get; init; }

    public static IReadOnlyList<MetricView> Of(AnalysisSpec? spec, IReadOnlyList<MetricStatus> metrics)
    {
        var confidence = spec?.Confidence ?? new ConfidenceSpec();
        var (falseAlarm, missedBad) = (Share(confidence.FalseAlarm), Share(confidence.MissedBad));
        var shares = Math.Max(1, spec?.Metrics.Count(metric => metric.ErrorRate is not null) ?? 1);
        return
        [
            .. metrics.Select(metric => new MetricView
            {
                Name = metric.Name,
                Verdict = metric.Verdict,
                Canary = metric.Value ?? "",
                CanaryRequests = metric.Requests ?? 0,
                Stable = metric.StableValue,
                StableRequests = metric.Segments.Sum(segment => segment.Stable.Requests),
                Max = metric.Max ?? "",
                For = EvidenceView.Of(metric.PassEvidence, 1 / missedBad),
                Against = EvidenceView.Of(metric.FailEvidence, 2 / (falseAlarm / shares)),
            }),
        ];
    }

    private static double Share(string text) => Ratio.TryParseShare(text, out var share) && share > 0 ? share : 1;
}
