using Sluice.Api;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Every scenario runs with the rights of config/rbac; these are about what most of them leave unused.</summary>
public sealed class PermissionScenarios
{
    [Fact]
    public void Behind_its_own_writes_the_operator_reads_live_what_it_may_read()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { Lag = (_, _) => TimeSpan.FromSeconds(2) });

        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = "annotations: {sandbox.sluice.dev/duration: 1s}\nexpand: {command: [./migrate]}" });
        world.UntilHealthy();

        world.Rights.Used.ShouldContain("get rollouts.sluice.dev");
        world.Rights.Used.ShouldContain("get migrations.sluice.dev");
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void What_the_operator_may_not_do_ends_a_scenario()
    {
        using var world = new ReleaseWorld(rights: new OperatorRights("create replicasets.apps"));
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [] });

        Should.Throw<Exception>(() => world.UntilHealthy()).Message.ShouldContain("create replicasets.apps");
    }
}
