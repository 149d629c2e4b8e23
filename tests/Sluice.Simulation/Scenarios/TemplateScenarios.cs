using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

public sealed class TemplateScenarios
{
    private const string UsingIt = """
        interval: 15s
        templates:
        - name: errors
          args: [{name: counter, value: http_requests_total}]
        """;

    private static readonly RolloutYaml Payments = new() { Analysis = UsingIt, Steps = ["setWeight: 20", "analysis: {}", "pause: {duration: 10m}", "setWeight: 50", "analysis: {metrics: [error-rate]}"] };

    [Fact]
    public void A_release_is_judged_by_the_metrics_of_a_template_and_records_them()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template());
        world.Deployed(Payments);

        world.Apply(Payments.V(2));
        world.Until(status => status.LastRelease?.Name == "payments-2", TimeSpan.FromHours(1));

        var recorded = world.Releases[^1];
        var metric = recorded.Spec.Analysis!.Metrics.ShouldHaveSingleItem();
        metric.Name.ShouldBe("error-rate");
        metric.ErrorRate!.Max.ShouldBe("1%");
        metric.Args!.Select(arg => (arg.Name, arg.Value)).ShouldBe([("counter", "http_requests_total"), ("codes", "5..")]);
        recorded.Status!.Analysis.ShouldHaveSingleItem().Verdict.ShouldBe(Verdict.Pass);
    }

    [Fact]
    public void A_bad_version_is_rolled_back_by_the_metrics_of_a_template()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template());
        world.Deployed(Payments);

        world.Apply(Payments.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("edited")]
    [InlineData("spoilt")]
    public void What_becomes_of_a_template_in_the_middle_of_a_release_changes_nothing_for_it(string change)
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template());
        world.Deployed(Payments);
        world.Apply(Payments.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var plan = world.Releases[^1].Spec;

        if (change == "deleted") world.Cluster.Kubectl.Delete<AnalysisTemplate>(ReleaseWorld.Namespace, "errors");
        else world.Cluster.Kubectl.Apply(change == "edited" ? Template("0.001%") : Template().Replace("{{counter}}", "{{nothing}}", StringComparison.Ordinal).Replace("name: error-rate", "name: other", StringComparison.Ordinal));
        world.Until(status => status.LastRelease?.Name == "payments-2", TimeSpan.FromHours(1));

        world.Releases[^1].Spec.Analysis!.Metrics.ShouldHaveSingleItem().ErrorRate!.Max.ShouldBe("1%");
        world.Releases[^1].Spec.Strategy.Canary!.Steps.Count.ShouldBe(plan.Strategy.Canary!.Steps.Count);
    }

    [Fact]
    public void An_edit_of_a_template_starts_no_release_and_counts_for_the_next_one()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template());
        world.Deployed(Payments);
        var releases = world.Releases.Count;

        world.Cluster.Kubectl.Apply(Template("2%"));
        world.ShouldBeAtRest();
        world.Releases.Count.ShouldBe(releases);
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Apply(Payments.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Releases[^1].Spec.Analysis!.Metrics[0].ErrorRate!.Max.ShouldBe("2%");
    }

    [Fact]
    public void A_release_takes_the_template_that_was_applied_just_before_its_Rollout()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template());
        world.Deployed(Payments);

        world.Cluster.Kubectl.Apply(Template("2%"));
        world.Apply(Payments.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Releases[^1].Spec.Analysis!.Metrics[0].ErrorRate!.Max.ShouldBe("2%");
    }

    [Fact]
    public void A_missing_template_stalls_the_Rollout_until_it_appears()
    {
        using var world = new ReleaseWorld();
        world.Apply(Payments);
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }));
        world.Condition("Stalled")!.Message!.ShouldContain("spec.analysis.templates[0].name: there is no AnalysisTemplate 'errors'");
        world.ShouldBeAtRest();
        world.Pods.ShouldBeEmpty();

        world.Cluster.Kubectl.Apply(Template());
        world.UntilHealthy(TimeSpan.FromMinutes(2));
        world.Rights.Used.ShouldContain("get analysistemplates.sluice.dev");

        world.Cluster.Kubectl.Delete<AnalysisTemplate>(ReleaseWorld.Namespace, "errors");
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }));
        world.Condition("Available")!.Status.ShouldBe("True");
        world.ShouldBeAtRest();

        world.Cluster.Kubectl.Apply(Template());
        world.UntilHealthy(TimeSpan.FromMinutes(2));
        world.Releases.Count.ShouldBe(1);
    }

    [Fact]
    public void A_query_of_a_template_with_an_unknown_placeholder_is_an_invalid_spec_that_names_its_place()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Template().Replace("{{codes}}", "{{code}}", StringComparison.Ordinal));
        world.Apply(Payments);
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }));

        world.Condition("Stalled")!.Message!.ShouldContain("spec.analysis.templates[0](errors).metrics[0].errorRate.errors: unknown placeholder {{code}}");
    }

    [Fact]
    public void The_sample_releases_with_the_metrics_of_its_template()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(Sample("http-service"));
        world.Cluster.Kubectl.Apply(Sample("payments"));
        world.UntilHealthy();

        world.Cluster.Kubectl.Apply(Sample("payments").Replace("payments:v2", "payments:v3", StringComparison.Ordinal));
        world.Until(status => status.LastRelease?.Name == "payments-2", TimeSpan.FromHours(3));

        var release = world.Releases[^1];
        release.Status!.Outcome.ShouldBe(Outcome.Promoted);
        release.Status.Analysis.Select(metric => (metric.Name, metric.Verdict)).ShouldBe([("declined", Verdict.Pass), ("error-rate", Verdict.Pass), ("latency", Verdict.Pass)]);
    }

    private static string Sample(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "templates", $"{name}.yaml"))
        .Replace("metadata:\n  name: ", $"metadata:\n  namespace: {ReleaseWorld.Namespace}\n  name: ", StringComparison.Ordinal)
        .Replace("      labels: {app: payments}\n", "      labels: {app: payments}\n      annotations: {sandbox.sluice.dev/requests-per-second: \"100\"}\n", StringComparison.Ordinal);

    private static string Template(string max = "1%") => $$$"""
        apiVersion: sluice.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors, namespace: {{{ReleaseWorld.Namespace}}}}
        spec:
          args:
          - name: counter
          - {name: codes, default: 5..}
          metrics:
          - name: error-rate
            errorRate: {counter: '{{counter}}', errors: 'code=~"{{codes}}"', max: "{{{max}}}"}
        """;
}
