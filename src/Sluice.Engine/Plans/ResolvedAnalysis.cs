using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>The analysis of a spec with the metrics of its templates written out, as a release would keep it.</summary>
/// <param name="Spec">Null when nothing is measured. Its templates say where metrics came from; all of them are in its metrics.</param>
/// <param name="Fields">The place of each metric, for messages.</param>
/// <param name="Errors">What keeps the templates from being written out.</param>
public sealed record ResolvedAnalysis(AnalysisSpec? Spec, IReadOnlyList<string> Fields, IReadOnlyList<FieldError> Errors)
{
    private const string Field = "spec.analysis";

    /// <summary>Names that a query already has a value for.</summary>
    private static readonly HashSet<string> OwnNames = ["namespace", "rollout", "revision", "pods", "window"];

    /// <summary>A Release has all metrics written out already.</summary>
    public static ResolvedAnalysis Recorded(AnalysisSpec? spec) => new(spec, FieldsOf(spec), []);

    /// <summary>Writes out the metrics of the templates that a spec names.</summary>
    /// <param name="spec">The analysis of a Rollout; null when nothing is measured.</param>
    /// <param name="templates">The templates known in its namespace, at least those that it names and that exist.</param>
    public static ResolvedAnalysis Of(AnalysisSpec? spec, IReadOnlyList<AnalysisTemplate> templates)
    {
        if (spec?.Templates is not { Count: > 0 } references) return Recorded(spec);

        var errors = new List<FieldError>();
        List<(MetricSpec Metric, string Field)> metrics = [.. spec.Metrics.Zip(FieldsOf(spec))];
        foreach (var (index, reference) in references.Index())
        {
            var field = $"{Field}.templates[{index}]";
            if (reference is null)
            {
                errors.Add(new FieldError(field, "names no AnalysisTemplate"));
                continue;
            }

            if (templates.FirstOrDefault(template => template.Metadata.Name == reference.Name) is not { } template)
            {
                errors.Add(new FieldError($"{field}.name", $"there is no AnalysisTemplate '{reference.Name}' in this namespace"));
                continue;
            }

            var args = ArgsOf(reference, template, field, errors);
            metrics.AddRange(template.Spec.Metrics.Select((metric, i) => (metric is null ? metric! : metric with { Args = [.. args, .. metric.Args ?? []] }, $"{field}({reference.Name}).metrics[{i}]")));
        }

        foreach (var clash in metrics.Where(metric => metric.Metric is not null).GroupBy(metric => metric.Metric.Name).Where(group => group.Count() > 1))
        {
            errors.Add(new FieldError($"{clash.Last().Field}.name", $"'{clash.Key}' is also the name of {clash.First().Field}: each may occur once"));
        }

        if (metrics.Count > AnalysisSpec.MaxMetrics)
        {
            errors.Add(new FieldError(Field, $"at most {AnalysisSpec.MaxMetrics} metrics in all, there are {metrics.Count}: {spec.Metrics.Count} of its own and {metrics.Count - spec.Metrics.Count} of templates"));
        }

        return new ResolvedAnalysis(spec with { Metrics = [.. metrics.Select(metric => metric.Metric)] }, [.. metrics.Select(metric => metric.Field)], errors);
    }

    private static List<AnalysisArg> ArgsOf(TemplateReference reference, AnalysisTemplate template, string field, List<FieldError> errors)
    {
        List<TemplateArg> known = [.. template.Spec.Args.OfType<TemplateArg>()];
        foreach (var (index, given) in (reference.Args ?? []).OfType<AnalysisArg>().Index().Where(given => known.All(arg => arg.Name != given.Item.Name)))
        {
            var names = known.Count == 0 ? "it takes none" : $"it takes: {string.Join(", ", known.Select(arg => arg.Name))}";
            errors.Add(new FieldError($"{field}.args[{index}].name", $"'{given.Name}' is no argument of AnalysisTemplate {reference.Name}; {names}"));
        }

        var args = new List<AnalysisArg>();
        foreach (var (index, arg) in known.Index())
        {
            var value = reference.Args?.FirstOrDefault(given => given?.Name == arg.Name)?.Value ?? arg.Default;
            if (value is null) errors.Add(new FieldError($"{field}.args", $"AnalysisTemplate {reference.Name} needs a value for '{arg.Name}': it has no default"));
            if (OwnNames.Contains(arg.Name)) errors.Add(new FieldError($"{field}({reference.Name}).args[{index}].name", $"'{arg.Name}' is the operator's own: choose another"));
            args.Add(new AnalysisArg { Name = arg.Name, Value = value ?? "" });
        }

        return args;
    }

    private static List<string> FieldsOf(AnalysisSpec? spec) => [.. (spec?.Metrics ?? []).Select((_, index) => $"{Field}.metrics[{index}]")];
}
