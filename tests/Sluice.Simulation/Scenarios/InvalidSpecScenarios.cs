using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

public sealed class InvalidSpecScenarios
{
    public static TheoryData<string, string> Cases => new()
    {
        { "unknown source", "spec.analysis.source" },
        { "reserved label", "spec.template.metadata.labels[sluice.dev/rollout]" },
        { "no containers", "spec.template.spec.containers" },
        { "bad container", "spec.template.spec.containers[0].name" },
        { "unknown field", "spec.template.spec.containers[0].imagee" },
        { "nested without end", "spec.template.spec: nested" },
        { "analysis without canary", "spec.strategy.canary.steps[0].analysis" },
        { "larger than a Release", "spec.template: " },
        { "unknown metric", "spec.strategy.canary.steps[1].analysis.metrics" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_invalid_spec_names_its_field_and_leaves_the_pods_alone(string fault, string field)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3 });
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).Order().ToList();

        world.Cluster.Kubectl.Apply(Spoil(v1.V(2), fault));
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }), TimeSpan.FromMinutes(5));

        world.Condition("Stalled")!.Message!.ShouldContain(field);
        world.Condition("Ready")!.Status.ShouldBe("False");
        world.Condition("Available")!.Status.ShouldBe("True");
        world.Events.All.ShouldContain(said => said.Reason == "InvalidSpec" && said.Type == "Warning" && said.Note.Contains(field));
        world.ShouldBeAtRest();
        world.Pods.Select(pod => pod.Metadata.Uid).Order().ShouldBe(pods);
        world.Releases.Count(release => release.Status?.Outcome is null).ShouldBe(0);

        world.Apply(v1.V(2) with { Replicas = 3 });
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void A_spec_that_becomes_invalid_stops_the_steps_of_a_release_in_flight_and_nothing_else()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 2m}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Cluster.Kubectl.Apply(Spoil(v1.V(2), "unknown source"));
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Release!.Step!.Index.ShouldBe(1);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidSpec");
        world.Available(world.Release.Revision).ShouldBe(2);

        world.Apply(v1.V(2));
        world.UntilHealthy();
    }

    public static TheoryData<string> RefusedByTheOperator =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "invalid"), "*.yaml")
            .Where(path => File.ReadLines(path).First() == "# refused-by: operator")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(RefusedByTheOperator))]
    public void What_the_schema_cannot_refuse_is_an_invalid_spec_that_names_the_field(string manifest)
    {
        using var world = new ReleaseWorld();
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "invalid", $"{manifest}.yaml"));
        var field = text.Split('\n')[1].Trim()["# field: ".Length..];

        world.Cluster.Kubectl.Apply(text.Replace($"metadata: {{name: {manifest}}}", $"metadata: {{name: {manifest}, namespace: {ReleaseWorld.Namespace}}}", StringComparison.Ordinal));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var stalled = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, manifest)!.Status!.Conditions.Single(condition => condition.Type == "Stalled");
        stalled.Reason.ShouldBe("InvalidSpec");
        stalled.Message!.ShouldContain(field);
        world.Pods.ShouldBeEmpty();
    }

    private static string Spoil(RolloutYaml rollout, string fault) => fault switch
    {
        "unknown source" => (rollout with { Analysis = rollout.Analysis + "\nsource: nowhere" }).ToString(),
        "reserved label" => rollout.ToString().Replace("labels: {app: payments}", "labels: {app: payments, sluice.dev/rollout: other}", StringComparison.Ordinal),
        "no containers" => rollout.ToString().Replace("      - {name: app, image: \"registry.example.com/payments:v2\"}\n", "", StringComparison.Ordinal).Replace("      containers:\n", "      containers: []\n", StringComparison.Ordinal),
        "bad container" => rollout.ToString().Replace("{name: app,", "{name: Not_A_Name,", StringComparison.Ordinal),
        "unknown field" => rollout.ToString().Replace("{name: app,", "{name: app, imagee: v2,", StringComparison.Ordinal),
        "nested without end" => rollout.ToString().Replace("{name: app,", $"{{name: app, deep: {new string('[', 150)}{new string(']', 150)},", StringComparison.Ordinal),
        "larger than a Release" => rollout.ToString().Replace("{name: app,", $"{{name: app, args: [{new string('x', 170_000)}],", StringComparison.Ordinal),
        "analysis without canary" => (rollout with { Steps = ["analysis: {}"] }).ToString(),
        "unknown metric" => (rollout with { Steps = ["setWeight: 50", "analysis: {metrics: [latency]}"] }).ToString(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "no such case"),
    };
}
