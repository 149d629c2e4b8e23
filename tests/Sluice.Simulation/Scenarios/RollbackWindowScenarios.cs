using Sluice.Api;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A revision that was stable not long ago comes back without steps.</summary>
public sealed class RollbackWindowScenarios
{
    private const string Expand = "annotations: {sandbox.sluice.dev/duration: 1s}\nexpand: {command: [./migrate, up]}";

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    [InlineData(2, 0, false)]
    public void Of_three_stable_revisions_the_last_so_many_come_back_without_steps(int version, int window, bool isWithout)
    {
        using var world = new ReleaseWorld();
        var plan = ThreeReleases(world, window);

        world.Apply(plan.V(version));
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.RunningImages.Distinct().ShouldBe([$"registry.example.com/payments:v{version}"]);
        var last = world.Releases[^1];
        last.Spec.Number.ShouldBe(4);
        last.Spec.Strategy.Canary!.Steps.Count.ShouldBe(isWithout ? 0 : 2);
        last.Status!.Timeline.Any(entry => entry.To == "Step 1").ShouldBe(!isWithout);
        last.Status.Timeline[0].Message!.Contains($"without steps: it is within the rollbackWindow of {window}", StringComparison.Ordinal).ShouldBe(isWithout);
    }

    [Fact]
    public void A_revision_that_was_never_promoted_or_rolled_back_in_its_soak_is_not_in_the_window()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan(window: 3) with { Soak = "10m" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        world.Apply(v1.V(3));
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 0);

        world.Releases[^1].Spec.Strategy.Canary!.Steps.Count.ShouldBe(2);
    }

    [Fact]
    public void A_RollBack_to_a_Release_in_the_window_takes_no_steps_and_its_soak_is_kept()
    {
        using var world = new ReleaseWorld();
        ThreeReleases(world, window: 2, soak: "5m");

        world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1", Reason = "v2 was wrong already" });
        world.UntilStage(Stage.Soaking);
        world.Until(status => status is { Release: null, Phase: Phase.Degraded }, TimeSpan.FromHours(1));

        var last = world.Releases[^1].Status!;
        last.Outcome.ShouldBe(Outcome.Promoted);
        last.Timeline.ShouldNotContain(entry => entry.To == "Step 1");
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void Checks_that_a_release_without_steps_does_not_run_are_not_asked_about_either()
    {
        using var world = new ReleaseWorld();
        var asked = 0;
        var plan = ThreeReleases(world, window: 2) with { Steps = [ChecksYaml.Step("", ChecksYaml.Job("smoke"))] };
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Strikes = request =>
                {
                    if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/jobs", StringComparison.Ordinal)) asked++;
                    return null;
                },
            },
        });

        world.Apply(plan.V(1));
        world.UntilHealthy(TimeSpan.FromHours(1));
        asked.ShouldBe(0);

        world.Apply(plan.V(4));
        world.UntilHealthy(TimeSpan.FromHours(1));
        asked.ShouldBe(2, "a dry run, and the Job");
    }

    [Fact]
    public void The_migration_of_a_revision_in_the_window_is_asked_for_before_its_pods()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan(window: 2) with { Migration = Expand });
        var v2 = v1.V(2) with { Migration = Expand.Replace("up", "to-2", StringComparison.Ordinal) };
        world.Apply(v2);
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.Apply(v1);
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.Releases[^1].Status!.Timeline.Select(entry => entry.To).ShouldContain(nameof(Stage.Expanding));
        world.Migrations.Single(migration => migration.Metadata.Name == "payments-3-expand").Status!.State.ShouldBe(MigrationState.Skipped, "the same migration succeeded with release 1");
    }

    private static RolloutYaml Plan(int window) => new() { Replicas = 2, Steps = ["setWeight: 50", "pause: {duration: 5m}"], Analysis = null, Extra = $"rollbackWindow: {window}" };

    private static RolloutYaml ThreeReleases(ReleaseWorld world, int window, string? soak = null)
    {
        var v1 = world.Deployed(Plan(window) with { Soak = soak });
        foreach (var version in (int[])[2, 3])
        {
            world.Apply(v1.V(version));
            world.UntilHealthy(TimeSpan.FromHours(1));
        }

        return v1;
    }
}
