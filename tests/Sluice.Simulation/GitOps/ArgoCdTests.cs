using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Simulation.World;
using Sluice.TestSupport;

namespace Sluice.Simulation.GitOps;

/// <summary>What Argo CD shows of a Rollout, for every state that was ever written in some histories, and for odd ones.</summary>
public sealed class ArgoCdTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_state_of_a_Rollout_has_the_health_that_kstatus_gives_it()
    {
        var states = Promoted().Concat(RolledBack()).Concat(Invalid()).Concat(Waiting()).ToList();

        var seen = await ArgoCdScripts.HealthOfAsync(states, Ct);

        seen.Select(health => health.Status).Distinct().Order().ShouldBe(["Degraded", "Healthy", "Progressing", "Suspended"]);
        for (var index = 0; index < states.Count; index++)
        {
            var phase = (string?)states[index]["status"]?["phase"];
            string[] expected = KstatusRules.Of(states[index]) switch
            {
                Kstatus.Current => ["Healthy"],
                Kstatus.Failed => ["Degraded"],
                _ => phase == "Paused" ? ["Suspended", "Progressing"] : ["Progressing"],
            };
            expected.ShouldContain(seen[index].Status, states[index].ToJsonString());
            seen[index].Message.ShouldNotBeNullOrEmpty();
        }
    }

    [Theory]
    [InlineData("""{"metadata":{"generation":1},"spec":{}}""", "Progressing")]
    [InlineData("""{"metadata":{"generation":1},"spec":{},"status":{}}""", "Progressing")]
    [InlineData("""{"metadata":{"generation":1},"spec":{},"status":{"observedGeneration":-1}}""", "Progressing")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":1,"phase":"Healthy","message":"old"}}""", "Progressing")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":1,"phase":"Degraded","conditions":[{"type":"Stalled","status":"True"}]}}""", "Progressing")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2,"phase":"Healthy"}}""", "Healthy")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2,"phase":"Healthy","conditions":[]}}""", "Healthy")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2,"phase":"Progressing","conditions":[{"type":"Stalled","status":"True","message":"m"}]}}""", "Degraded")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2,"phase":"Stargazing"}}""", "Unknown")]
    [InlineData("""{"metadata":{"generation":2},"spec":{},"status":{"observedGeneration":2}}""", "Unknown")]
    public async Task An_odd_state_has_a_health_too(string rollout, string expected) =>
        (await ArgoCdScripts.HealthOfAsync([JsonNode.Parse(rollout)!], Ct))[0].Status.ShouldBe(expected);

    [Fact]
    public async Task A_person_at_Argo_CD_holds_a_release_and_lets_it_go_on()
    {
        using var world = new ReleaseWorld();
        var states = Record(world);
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 10m}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        (await ArgoCdScripts.ActionsOfAsync(states[^1], Ct)).ShouldBe(["pause"]);
        var paused = await ArgoCdScripts.ActAsync("pause", states[^1], Ct);
        world.Patch(new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused["spec"]!["paused"]!.DeepClone() } }.ToJsonString());
        world.Until(status => status.Phase == Phase.Paused && status.ObservedGeneration == world.Rollout.Metadata.Generation);
        (await ArgoCdScripts.ActionsOfAsync(states[^1], Ct)).ShouldBe(["resume"]);
        var resumed = await ArgoCdScripts.ActAsync("resume", states[^1], Ct);
        world.Patch(new JsonObject { ["spec"] = new JsonObject { ["paused"] = resumed["spec"]!["paused"]!.DeepClone() } }.ToJsonString());

        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Release!.Step!.Index.ShouldBe(1, "the pause step itself goes on");
        world.UntilHealthy();
    }

    private static List<JsonNode> Promoted()
    {
        using var world = new ReleaseWorld();
        var states = Record(world);
        var v1 = world.Deployed(new RolloutYaml { Soak = "2m" });
        world.Apply(v1.V(2) with { Migration = "expand: {command: [./migrate]}" });
        world.UntilHealthy();
        return states;
    }

    private static List<JsonNode> RolledBack()
    {
        using var world = new ReleaseWorld();
        var states = Record(world);
        var v1 = world.Deployed(new RolloutYaml());
        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);
        return states;
    }

    private static List<JsonNode> Invalid()
    {
        using var world = new ReleaseWorld();
        var states = Record(world);
        var v1 = world.Deployed(new RolloutYaml());
        world.Apply(v1.V(2) with { Analysis = v1.Analysis + "\nsource: nowhere" });
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }));
        return states;
    }

    private static List<JsonNode> Waiting()
    {
        using var world = new ReleaseWorld();
        var states = Record(world);
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 10m}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Phase == Phase.Paused);
        world.Patch("""{"spec":{"paused":true}}""");
        world.Until(status => status.Phase == Phase.Paused && status.ObservedGeneration == world.Rollout.Metadata.Generation);
        return states;
    }

    /// <summary>Every state from now on, whoever writes it.</summary>
    private static List<JsonNode> Record(ReleaseWorld world)
    {
        var states = new List<JsonNode>();
        world.Cluster.Observe(write =>
        {
            if (write.Resource == "rollouts") states.Add(write.After.DeepClone());
        });
        return states;
    }
}
