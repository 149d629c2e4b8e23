using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Operator.Metrics;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Holds the metrics of a spec against the operator's configuration.</summary>
internal static class MetricSourceChecks
{
    private static readonly Dictionary<string, string> NoArgs = [];

    public static MetricSourceCheck Check(IMeasurements measurements, ResolvedAnalysis resolved, string ns)
    {
        if (resolved.Spec is not { Metrics.Count: > 0 } analysis) return MetricSourceCheck.None;

        switch (measurements.FindSource(analysis.Source, ns))
        {
            case MetricSourceLookup.Unknown unknown:
                return Failed($"there is no metric source '{analysis.Source}' in the operator's configuration (known: {(unknown.Known.Count == 0 ? "none" : string.Join(", ", unknown.Known))})");
            case MetricSourceLookup.NotAllowed:
                return Failed($"metric source '{analysis.Source}' may not be used from namespace {ns}");
            case MetricSourceLookup.Found found:
                var errors = analysis.Metrics.Zip(resolved.Fields)
                    .Select(metric => (Error: Check(measurements, metric.First, analysis.Source, ns), Field: metric.Second))
                    .Where(check => check.Error is not null)
                    .Select(check => new FieldError($"{check.Field}.{check.Error!.Field}", check.Error.Message));
                return new MetricSourceCheck(found.ScrapeInterval, [.. errors]);
            default:
                throw new UnreachableException();
        }

        static MetricSourceCheck Failed(string message) => new(TimeSpan.FromSeconds(15), [new FieldError("spec.analysis.source", message)]);
    }

    /// <summary>The query that a metric of a spec asks; null where the spec says no kind, which is told elsewhere.</summary>
    public static MetricQuery? QueryOf(MetricSpec metric) => metric switch
    {
        { ErrorRate: { Counter: { } counter } errorRate } => new MetricQuery.ErrorRateCounter(counter, errorRate.Errors ?? ""),
        { ErrorRate.Queries: { } queries } => new MetricQuery.ErrorRateQueries(queries.Errors, queries.Total),
        { Threshold: { } threshold } => new MetricQuery.Threshold(threshold.Query),
        _ => null,
    };

    private static SpecError? Check(IMeasurements measurements, MetricSpec metric, string source, string ns) =>
        QueryOf(metric) is { } query ? measurements.Check(query, ArgsOf(metric), source, ns) : null;

    private static Dictionary<string, string> ArgsOf(MetricSpec metric) =>
        metric.Args is { Count: > 0 } args ? args.OfType<AnalysisArg>().DistinctBy(arg => arg.Name).ToDictionary(arg => arg.Name, arg => arg.Value) : NoArgs;
}
