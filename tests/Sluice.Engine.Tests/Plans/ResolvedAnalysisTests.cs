using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Plans;

public sealed class ResolvedAnalysisTests
{
    private static readonly AnalysisTemplate Latency = Template("latency", [Arg("service"), Arg("percentile", "0.99")], Metric("latency"), Metric("errors"));

    [Fact]
    public void Metrics_of_templates_come_after_the_Rollouts_own_with_the_values_of_their_arguments()
    {
        var resolved = ResolvedAnalysis.Of(Spec([Metric("own")], Use("latency", ("service", "payments"))), [Latency]);

        resolved.Errors.ShouldBeEmpty();
        resolved.Spec!.Metrics.Select(metric => metric.Name).ShouldBe(["own", "latency", "errors"]);
        resolved.Spec.Metrics[1].Args!.Select(arg => (arg.Name, arg.Value)).ShouldBe([("service", "payments"), ("percentile", "0.99")]);
        resolved.Fields.ShouldBe(["spec.analysis.metrics[0]", "spec.analysis.templates[0](latency).metrics[0]", "spec.analysis.templates[0](latency).metrics[1]"]);
    }

    [Fact]
    public void A_template_that_is_not_there_is_named() =>
        ErrorOf(Spec([], Use("latency"), Use("nowhere")), Template("latency", [], Metric("latency"))).ShouldBe("spec.analysis.templates[1].name: there is no AnalysisTemplate 'nowhere' in this namespace");

    [Fact]
    public void An_argument_without_a_value_is_named() =>
        ErrorOf(Spec([], Use("latency")), Latency).ShouldBe("spec.analysis.templates[0].args: AnalysisTemplate latency needs a value for 'service': it has no default");

    [Fact]
    public void An_argument_that_the_template_does_not_take_is_named() =>
        ErrorOf(Spec([], Use("latency", ("service", "a"), ("route", "b"))), Latency)
            .ShouldBe("spec.analysis.templates[0].args[1].name: 'route' is no argument of AnalysisTemplate latency; it takes: service, percentile");

    [Fact]
    public void An_argument_called_like_a_placeholder_of_the_operator_is_named() =>
        ErrorOf(Spec([], Use("t")), Template("t", [Arg("pods", "x")], Metric("m"))).ShouldStartWith("spec.analysis.templates[0](t).args[0].name: 'pods' is the operator's own");

    [Fact]
    public void Metrics_of_one_name_are_named_both() =>
        ErrorOf(Spec([Metric("errors")], Use("latency", ("service", "a"))), Latency)
            .ShouldBe("spec.analysis.templates[0](latency).metrics[1].name: 'errors' is also the name of spec.analysis.metrics[0]: each may occur once");

    [Fact]
    public void Ten_metrics_in_all_are_the_most_that_there_may_be()
    {
        var ten = Template("ten", [], [.. Enumerable.Range(0, 10).Select(index => Metric($"m{index}"))]);

        ResolvedAnalysis.Of(Spec([], Use("ten")), [ten]).Errors.ShouldBeEmpty();
        ErrorOf(Spec([Metric("own")], Use("ten")), ten).ShouldBe("spec.analysis: at most 10 metrics in all, there are 11: 1 of its own and 10 of templates");
    }

    [Fact]
    public void What_is_wrong_with_a_metric_of_a_template_is_told_with_its_place_in_it()
    {
        var template = Template("t", [], new MetricSpec { Name = "m", Threshold = new ThresholdMetric { Query = "q" } });
        var rollout = Given.Rollout("""{"analysis": null, "strategy": {"canary": {"steps": []}}}""");
        rollout = rollout with { Spec = rollout.Spec with { Analysis = Spec([], Use("t")) } };

        PlanReader.Read(PlanSource.Of(rollout, ResolvedAnalysis.Of(rollout.Spec.Analysis, [template]))).Errors
            .ShouldHaveSingleItem().Field.ShouldBe("spec.analysis.templates[0](t).metrics[0].threshold");
    }

    private static string ErrorOf(AnalysisSpec spec, AnalysisTemplate template) => ResolvedAnalysis.Of(spec, [template]).Errors.ShouldHaveSingleItem().ToString();

    private static AnalysisSpec Spec(IReadOnlyList<MetricSpec> own, params IReadOnlyList<TemplateReference> templates) => new() { Metrics = own, Templates = templates };

    private static TemplateReference Use(string name, params IReadOnlyList<(string Name, string Value)> args) =>
        new() { Name = name, Args = [.. args.Select(arg => new AnalysisArg { Name = arg.Name, Value = arg.Value })] };

    private static AnalysisTemplate Template(string name, IReadOnlyList<TemplateArg> args, params IReadOnlyList<MetricSpec> metrics) =>
        new() { Metadata = new V1ObjectMeta { Name = name }, Spec = new AnalysisTemplateSpec { Args = args, Metrics = metrics } };

    private static TemplateArg Arg(string name, string? defaultValue = null) => new() { Name = name, Default = defaultValue };

    private static MetricSpec Metric(string name) => new() { Name = name, Threshold = new ThresholdMetric { Query = "q", Max = "1" } };
}
