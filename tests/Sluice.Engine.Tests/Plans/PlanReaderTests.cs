using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Plans;

public sealed class PlanReaderTests
{
    [Fact]
    public void A_valid_spec_is_read_with_its_defaults()
    {
        var (plan, errors) = PlanReader.Read(PlanSource.Of(Given.Rollout()));

        errors.ShouldBeEmpty();
        plan!.Steps.Count.ShouldBe(3);
        var analysis = plan.Steps[1].ShouldBeOfType<PlanStep.Analysis>();
        analysis.MinDuration.ShouldBe(TimeSpan.FromMinutes(1));
        analysis.MaxDuration.ShouldBe(TimeSpan.FromHours(1));
        analysis.Metrics.ShouldBe(["error-rate"], "an analysis without names asks for all metrics");
        plan.ProgressDeadline.ShouldBe(TimeSpan.FromMinutes(10));
        plan.Analysis!.Interval.ShouldBe(TimeSpan.FromSeconds(15));
        plan.Expand!.Command.Image.ShouldBe("registry.example.com/payments:v1", "the image of the first container is the default");
        plan.Expand.Command.Env.ShouldHaveSingleItem().Name.ShouldBe("MODE");
        plan.Expand.Lock.ShouldBe("payments");
        plan.FirstWeight.ShouldBe(20);
        plan.WeightAt(1).ShouldBe(20);
        plan.WeightAt(2).ShouldBe(50);
    }

    [Fact]
    public void Raw_JSON_may_nest_as_deep_as_the_limit_and_no_deeper()
    {
        var rollout = Given.Rollout();
        var deepest = PlanSource.Of(rollout) with
        {
            Template = Given.Template(levels: 64),
            Migration = rollout.Spec.Migration! with { Env = [new EnvVar { Name = "A", ValueFrom = Given.Nested(64) }] },
        };

        var (plan, errors) = PlanReader.Read(deepest);

        errors.ShouldBeEmpty();
        plan!.Expand!.Command.Hash.Length.ShouldBe(10);
        Revision.Of(deepest).Name.Length.ShouldBe(10);
        PlanReader.Read(deepest with { Template = Given.Template(levels: 65) }).Errors.ShouldHaveSingleItem().Field.ShouldBe("spec.template.spec");
        PlanReader.Read(deepest with { Migration = deepest.Migration with { Env = [new EnvVar { Name = "A" }, new EnvVar { Name = "B", ValueFrom = Given.Nested(5_000) }] } })
            .Errors.ShouldHaveSingleItem().Field.ShouldBe("spec.migration.env[1].valueFrom");
    }

    [Theory]
    [InlineData("""{"template": {"spec": null}}""", "spec.template.spec")]
    [InlineData("""{"template": {"spec": {"containers": []}}}""", "spec.template.spec.containers")]
    [InlineData("""{"template": {"metadata": {"labels": {"sluice.dev/revision": "x"}}}}""", "spec.template.metadata.labels[sluice.dev/revision]")]
    [InlineData("""{"minReadySeconds": -1}""", "spec.minReadySeconds")]
    [InlineData("""{"minReadySeconds": 600}""", "spec.minReadySeconds")]
    [InlineData("""{"progressDeadlineSeconds": -1}""", "spec.progressDeadlineSeconds")]
    [InlineData("""{"strategy": {"canary": {"maxSurge": "many"}}}""", "spec.strategy.canary.maxSurge")]
    [InlineData("""{"strategy": {"canary": {"maxUnavailable": -1}}}""", "spec.strategy.canary.maxUnavailable")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"setWeight": 101}]}}}""", "spec.strategy.canary.steps[0].setWeight")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"setWeight": -1}]}}}""", "spec.strategy.canary.steps[0].setWeight")]
    [InlineData("""{"strategy": {"canary": {"scaleDownDelay": "soon"}}}""", "spec.strategy.canary.scaleDownDelay")]
    [InlineData("""{"strategy": {"canary": {"traffic": {}}}}""", "spec.strategy.canary.traffic")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"stableService": "a", "canaryService": "b"}}}}}""", "spec.strategy.canary.traffic.istio.virtualService")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "stableService": "a", "canaryService": "a"}}}}}""", "spec.strategy.canary.traffic.istio.canaryService")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r"}}}}}""", "spec.strategy.canary.traffic.istio")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "canaryService": "a"}}}}}""", "spec.strategy.canary.traffic.istio")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "stableService": "a", "canaryService": "b", "destinationRule": {"name": "r", "stableSubset": "a", "canarySubset": "b"}}}}}}""", "spec.strategy.canary.traffic.istio")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "destinationRule": {"name": "r", "stableSubset": "a", "canarySubset": "a"}}}}}}""", "spec.strategy.canary.traffic.istio.destinationRule")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "destinationRule": {"stableSubset": "a", "canarySubset": "b"}}}}}}""", "spec.strategy.canary.traffic.istio.destinationRule.name")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r", "destinationRule": {"name": "r", "stableSubset": "a"}}}}}}""", "spec.strategy.canary.traffic.istio.destinationRule.canarySubset")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"istio": {"virtualService": "r"}, "gatewayAPI": {"httpRoute": "r"}}}}}""", "spec.strategy.canary.traffic")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"gatewayAPI": {"stableService": "a", "canaryService": "b"}}}}}""", "spec.strategy.canary.traffic.gatewayAPI.httpRoute")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"gatewayAPI": {"httpRoute": "r", "canaryService": "b"}}}}}""", "spec.strategy.canary.traffic.gatewayAPI.stableService")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"gatewayAPI": {"httpRoute": "r", "stableService": "a"}}}}}""", "spec.strategy.canary.traffic.gatewayAPI.canaryService")]
    [InlineData("""{"strategy": {"canary": {"traffic": {"gatewayAPI": {"httpRoute": "r", "stableService": "a", "canaryService": "a"}}}}}""", "spec.strategy.canary.traffic.gatewayAPI.canaryService")]
    [InlineData("""{"strategy": {"canary": {"steps": [{}]}}}""", "spec.strategy.canary.steps[0]")]
    [InlineData("""{"strategy": {"canary": {"steps": [null]}}}""", "spec.strategy.canary.steps[0]")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"setWeight": 5, "pause": {}}]}}}""", "spec.strategy.canary.steps[0]")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"pause": {"duration": "soon"}}]}}}""", "spec.strategy.canary.steps[0].pause.duration")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"setWeight": 5}, {"analysis": {"metrics": ["error-rate", "other"]}}]}}}""", "spec.strategy.canary.steps[1].analysis.metrics[1]")]
    [InlineData("""{"strategy": {"canary": {"steps": [{"setWeight": 5}, {"analysis": {"minDuration": "2h", "maxDuration": "1h"}}]}}}""", "spec.strategy.canary.steps[1].analysis.maxDuration")]
    [InlineData("""{"strategy": {"canary": null}}""", "spec.strategy")]
    [InlineData("""{"strategy": {"blueGreen": {"activeService": "a", "previewService": "b"}}}""", "spec.strategy")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"previewService": "b"}}}""", "spec.strategy.blueGreen.activeService")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a"}}}""", "spec.strategy.blueGreen.previewService")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "a"}}}""", "spec.strategy.blueGreen.previewService")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "previewReplicas": 0}}}""", "spec.strategy.blueGreen.previewReplicas")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "scaleDownDelay": "soon"}}}""", "spec.strategy.blueGreen.scaleDownDelay")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "prePromotion": [{"pause": {}}, {"setWeight": 5}]}}}""", "spec.strategy.blueGreen.prePromotion[1].setWeight")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "prePromotion": [null]}}}""", "spec.strategy.blueGreen.prePromotion[0]")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "prePromotion": [{"gate": {"name": "qa"}}, {"gate": {"name": "qa"}}]}}}""", "spec.strategy.blueGreen.prePromotion")]
    [InlineData("""{"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "prePromotion": [{"analysis": {"metrics": ["other"]}}]}}}""", "spec.strategy.blueGreen.prePromotion[0].analysis.metrics[0]")]
    [InlineData("""{"analysis": null}""", "spec.strategy.canary.steps[1].analysis")]
    [InlineData("""{"analysis": {"interval": "0s"}}""", "spec.analysis.interval")]
    [InlineData("""{"analysis": {"delay": "-1s"}}""", "spec.analysis.delay")]
    [InlineData("""{"analysis": {"confidence": {"falseAlarm": "0%"}}}""", "spec.analysis.confidence.falseAlarm")]
    [InlineData("""{"analysis": {"confidence": {"missedBad": "100%"}}}""", "spec.analysis.confidence.missedBad")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate"}]}}""", "spec.analysis.metrics[0]")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "c", "max": "1%"}}]}}""", "spec.analysis.metrics[0].errorRate.errors")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "c", "errors": "e", "max": "0%"}}]}}""", "spec.analysis.metrics[0].errorRate.max")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "c", "errors": "e", "max": "100%"}}]}}""", "spec.analysis.metrics[0].errorRate.max")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "errorRate": {"counter": "c", "errors": "e", "max": "1%", "maxRatioToStable": "-1"}}]}}""", "spec.analysis.metrics[0].errorRate.maxRatioToStable")]
    [InlineData("""{"analysis": {"metrics": [null]}}""", "spec.analysis.metrics[0]")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "threshold": {"query": "q"}}]}}""", "spec.analysis.metrics[0].threshold")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "threshold": {"query": "q", "min": "2", "max": "1"}}]}}""", "spec.analysis.metrics[0].threshold.min")]
    [InlineData("""{"analysis": {"metrics": [{"name": "error-rate", "threshold": {"query": "q", "max": "much"}}]}}""", "spec.analysis.metrics[0].threshold.max")]
    [InlineData("""{"soak": {"duration": "long"}}""", "spec.soak.duration")]
    [InlineData("""{"migration": {"expand": {"command": []}}}""", "spec.migration.expand.command")]
    [InlineData("""{"migration": {"expand": {"timeout": "0s"}}}""", "spec.migration.expand.timeout")]
    [InlineData("""{"migration": {"lockTimeout": "ever"}}""", "spec.migration.lockTimeout")]
    [InlineData("""{"template": {"spec": {"containers": [{"name": "app"}]}}}""", "spec.migration.image")]
    public void What_is_wrong_is_told_by_field(string patch, string field)
    {
        var (plan, errors) = PlanReader.Read(PlanSource.Of(Given.Rollout(patch)));

        plan.ShouldBeNull();
        errors.Select(error => error.Field).ShouldContain(field);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Without_autoPromote_the_last_step_on_a_preview_is_one_that_a_person_ends(bool autoPromote, int steps)
    {
        var rollout = Given.Rollout($$"""
            {"strategy": {"canary": null, "blueGreen": {"activeService": "a", "previewService": "b", "autoPromote": {{(autoPromote ? "true" : "false")}}, "previewReplicas": 3, "prePromotion": [{"analysis": {} }] } } }
            """);

        var (plan, errors) = PlanReader.Read(PlanSource.Of(rollout));

        errors.ShouldBeEmpty();
        plan!.Steps.Count.ShouldBe(steps);
        if (!autoPromote) plan.Steps[^1].ShouldBe(new PlanStep.Pause(null));
        plan.Traffic!.ScaleDownDelay.ShouldBe(TimeSpan.FromSeconds(30));
        plan.Traffic.Preview!.PodsFor(10).ShouldBe(3);
        plan.Traffic.Preview.PodsFor(2).ShouldBe(2, "an autoscaler may leave fewer replicas than the preview asks for");
        plan.MaxUnavailable.RoundedDown(10).ShouldBe(0);
    }

    [Fact]
    public void All_errors_are_told_at_once() =>
        PlanReader.Read(PlanSource.Of(Given.Rollout("""{"minReadySeconds": -1, "soak": {"duration": "x"}}"""))).Errors.Count.ShouldBe(2);
}
