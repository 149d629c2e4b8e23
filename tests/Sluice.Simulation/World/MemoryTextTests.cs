using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.World;

/// <summary>What a run is cut short by: two states are the same only where nothing that matters differs.</summary>
public sealed class MemoryTextTests
{
    [Fact]
    public void What_a_reconciler_remembers_is_in_its_text_and_what_was_forgotten_is_not()
    {
        var reports = new SettlingReports(new VirtualTimeProvider(), TimeSpan.FromSeconds(2));
        var key = new NamespacedName("shop", "payments");
        var before = MemoryText.Of(reports);

        reports.WriteAfter(key, new RolloutStatus(), new RolloutStatus { Message = "1 of 2 pods" });
        var differs = MemoryText.Of(reports);
        reports.Forget(key);

        differs.ShouldNotBe(before);
        differs.ShouldContain("payments");
        MemoryText.Of(reports).ShouldBe(before);
    }

    [Fact]
    public void What_nobody_has_explained_is_refused() => Should.Throw<NotSupportedException>(() => MemoryText.Of(new { Later = new Func<int>(() => 1) }));

    [Fact]
    public void Worlds_with_the_same_history_are_in_the_same_state_once_nothing_of_what_differed_is_under_way()
    {
        using var prompt = Deployed(TimeSpan.Zero);
        using var late = Deployed(TimeSpan.FromSeconds(3));

        foreach (var world in (ReleaseWorld[])[prompt, late])
        {
            world.Cluster.RunFor(TimeSpan.FromSeconds(10));
            world.Patch("""{"metadata":{"labels":{"team":"blue"}}}""");
            world.Cluster.RunFor(TimeSpan.FromSeconds(1));
        }

        late.History.ShouldBe(prompt.History);
        prompt.State().ShouldNotBeNull();
        late.State().ShouldBeNull("an event has not arrived");
        prompt.Cluster.RunFor(TimeSpan.FromSeconds(10));
        late.Cluster.RunFor(TimeSpan.FromSeconds(10));
        late.State().ShouldBe(prompt.State().ShouldNotBeNull());
    }

    /// <summary>Deployed, with an operator that hears of Rollouts late from then on.</summary>
    private static ReleaseWorld Deployed(TimeSpan lateness)
    {
        var world = new ReleaseWorld();
        world.KillOperator();
        var isDeployed = false;
        world.StartOperator(options: new ControllerSetOptions { Lag = (resource, _) => isDeployed && resource == "rollouts.sluice.dev" ? lateness : TimeSpan.Zero });
        world.Deployed(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [] });
        isDeployed = true;
        return world;
    }
}
