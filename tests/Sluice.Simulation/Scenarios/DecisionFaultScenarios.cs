using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Operators die and connections break between a Decision's effect and its answer.</summary>
public sealed class DecisionFaultScenarios
{
    [Fact]
    public void A_Decision_whose_answer_could_not_be_written_is_not_applied_again_and_is_answered_by_the_next_operator()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {}", "setWeight: 30", "pause: {}"], Analysis = null });
        world.KillOperator();
        world.StartOperator("sluice-mute", new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Denies = request => request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.Contains("/decisions/", StringComparison.Ordinal) ? "not you" : null,
            },
        });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        var decision = world.Decide(DecisionAction.Continue);
        world.Until(status => status.Release?.Step?.Index == 3);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Decisions.ShouldHaveSingleItem().Status?.State.ShouldBeNull();

        world.KillOperator("sluice-mute");
        world.StartOperator();

        world.AnswerTo(decision).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Release!.Step!.Index.ShouldBe(3, "one Continue ends one pause");
    }

    [Fact]
    public void An_operator_whose_cache_is_far_behind_applies_no_Decision_twice()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {}", "setWeight: 30", "pause: {}"], Analysis = null });
        world.StartOperator("sluice-late", new ControllerSetOptions { Lag = (_, _) => TimeSpan.FromSeconds(45) });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Decide(DecisionAction.Continue);
        world.Until(status => status.Release?.Step?.Index == 3);
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.Release!.Step!.Index.ShouldBe(3);
    }

    [Fact]
    public void A_Decision_whose_answer_the_status_has_forgotten_is_not_applied_again_by_an_operator_that_hears_of_it_late()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 1, Steps = [], Analysis = null });
        world.KillOperator();
        var first = world.Decide(DecisionAction.Pause);
        world.StartOperator("sluice-late", new ControllerSetOptions { HoldsBack = resource => resource == "decisions.sluice.dev" });
        world.StartOperator();
        world.AnswerTo(first).State.ShouldBe(DecisionState.Applied);
        for (var time = 0; time < 12; time++) world.AnswerTo(world.Decide(DecisionAction.Resume)).State.ShouldNotBeNull();
        world.Patch("""{"metadata":{"annotations":{"example.com/seen":"true"}}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(20));

        world.Status.Decisions.ShouldNotContain(answer => answer.Name == first);
        world.Status.PausedBy.ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_Decisions_is_answered_in_order_and_the_status_stays_small()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        var names = Enumerable.Range(0, 100).Select(index => world.Decide(new DecisionSpec { Action = index == 99 ? DecisionAction.Abort : DecisionAction.Resume }, $"flood-{index:000}")).ToList();
        world.UntilEnded(Outcome.Aborted);

        world.AnswerTo(names[^1]).State.ShouldBe(DecisionState.Applied);
        world.Decisions.ShouldAllBe(decision => decision.Status!.State != null);
        world.Status.Decisions.Count.ShouldBe(10);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void An_Override_declares_a_migration_done_whose_end_nobody_saw_and_a_Retry_goes_on_from_there()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Steps = [], Analysis = null });
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 10m}\nexpand: {command: [./migrate, up]}" });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(5));
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, world.Cluster.List<V1Job>(ReleaseWorld.Namespace)[0].Metadata.Name!);
        world.UntilEnded(Outcome.Failed, TimeSpan.FromHours(1));
        world.Decide(DecisionAction.Retry);
        world.Cluster.RunUntil(() => world.Status is { Release: null, LastRelease: { Name: "payments-3", Outcome: Outcome.Failed } }, TimeSpan.FromMinutes(10));
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));

        world.Status.LastRelease!.Message!.ShouldContain("nobody knows whether payments-2-expand has run to its end: look at the database; then an Override declares that Migration done");
        var spec = new DecisionSpec { Action = DecisionAction.Override, Subject = "migration/payments-2-expand", Ticket = "INC-7", Revision = world.Status.LastRelease!.Revision };
        world.AnswerTo(world.Decide(spec with { Subject = "migration/payments-1-expand" })).State.ShouldBe(DecisionState.Refused);
        world.AnswerTo(world.Decide(spec)).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration.Status!.State == MigrationState.Succeeded), TimeSpan.FromMinutes(5));
        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
        world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Unknown, MigrationState.Succeeded, MigrationState.Skipped], ignoreOrder: true);
        world.Migrations.Single(migration => migration.Status!.State == MigrationState.Succeeded).Status!.Message!.ShouldStartWith("declared done by alice@example.com (INC-7)");
    }
}
