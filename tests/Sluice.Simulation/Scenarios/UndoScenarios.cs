using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A release that is taken back takes its migration back too, where that is declared.</summary>
public sealed class UndoScenarios
{
    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = ["setWeight: 50", "pause: {}"] };

    [Fact]
    public void An_aborted_release_is_undone_once_its_pods_are_gone_and_a_Retry_expands_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration() });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.Status.LastRelease!.Message!.ShouldEndWith("; payments-2-undo took its migration back");
        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded"]);
        world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Undo).Spec.Image.ShouldBe("registry.example.com/payments:v2");
        world.ShouldBeAtRest();

        world.Decide(DecisionAction.Retry);
        world.Until(status => status.Release is { Number: 3, Step.Kind: StepKind.Pause });
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded", "payments-3-expand 1 Undone", "payments-3-undo 1 Succeeded"]);
    }

    [Fact]
    public void Without_an_undo_a_Retry_finds_the_migration_done()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration(undo: false) });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        world.Decide(DecisionAction.Retry);
        world.Until(status => status.Release is { Number: 3, Step.Kind: StepKind.Pause });

        States(world).ShouldBe(["payments-2-expand 0 Succeeded", "payments-3-expand 0 Skipped"]);
    }

    [Fact]
    public void What_a_promoted_revision_rests_on_is_not_undone()
    {
        using var world = new ReleaseWorld();
        var migration = Migration(image: "registry.example.com/migrator:v1");
        var v1 = world.Deployed(Small with { Migration = migration });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        States(world).ShouldBe(["payments-1-expand 0 Succeeded", "payments-2-expand 0 Skipped"]);
    }

    [Fact]
    public void Going_back_in_Git_undoes_and_another_revision_does_not()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration() });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Apply(v1);
        world.UntilEnded(Outcome.Reverted);
        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded"]);

        world.Apply(v1.V(3) with { Migration = Migration() });
        world.Until(status => status.Release is { Number: 3, Step.Kind: StepKind.Pause });
        world.Apply(v1.V(4) with { Migration = Migration(), Steps = [] });
        world.UntilHealthy();

        States(world)[2..].ShouldBe(["payments-3-expand 0 Succeeded", "payments-4-expand 0 Succeeded"]);
    }

    [Fact]
    public void An_undo_that_fails_is_told_and_brings_no_pod_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration("20s", undoTimeout: "5s") });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Status.Message!.ShouldContain("its undo payments-2-undo ended as TimedOut");
        world.Condition(ConditionTypes.UndoFailed)!.Reason.ShouldBe(Reasons.TimedOut);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        States(world).ShouldBe(["payments-2-expand 0 Succeeded", "payments-2-undo 0 TimedOut"]);
        world.ShouldBeAtRest();

        world.Decide(DecisionAction.Retry);
        world.Until(status => status.Release is { Number: 3, Step.Kind: StepKind.Pause });
        world.Migrations.Single(migration => migration.Metadata.Name == "payments-3-expand").Spec.Epoch.ShouldBe(1, "nobody knows how much of it the undo has taken back");
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
        world.Condition(ConditionTypes.UndoFailed).ShouldBeNull("a later revision is promoted");
    }

    [Fact]
    public void A_soak_that_fails_undoes_and_runs_no_contract()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small with { Steps = [] });
        world.Apply(v1.V(2) with { Soak = "10m", Migration = Migration() + "\ncontract: {command: [./migrate, contract]}" });
        world.UntilStage(Stage.Soaking);
        world.Until(status => status.Release?.Migration?.Contract?.EligibleAt is not null);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded"]);
        world.Status.OwedContracts.ShouldBeEmpty();
        world.Releases[^1].Status!.Migration!.Contract.ShouldBeNull("it never comes");
    }

    [Fact]
    public void An_undo_waits_while_the_Rollout_is_paused()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        var v2 = v1.V(2) with { Migration = Migration() };
        world.Apply(v2);
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Apply(v2 with { Paused = true });
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.Undoing);
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Migrations.ShouldHaveSingleItem();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);

        world.Apply(v2);
        world.UntilEnded(Outcome.Aborted);
        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded"]);
    }

    [Fact]
    public void Two_revisions_with_the_same_undo_are_both_taken_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        foreach (var version in new[] { 2, 3 })
        {
            world.Apply(v1.V(version) with { Migration = Migration(image: "registry.example.com/migrator:v1").Replace("[./migrate, up]", $"[./migrate, up, v{version}]", StringComparison.Ordinal) });
            world.Until(status => status.Release is { Step.Kind: StepKind.Pause } release && release.Number == version);
            world.Decide(DecisionAction.Abort);
            world.Until(status => status is { Release: null, LastRelease.Outcome: Outcome.Aborted } && status.LastRelease.Name == $"payments-{version}");
        }

        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 Succeeded", "payments-3-expand 0 Undone", "payments-3-undo 0 Succeeded"]);
    }

    [Fact]
    public void An_undo_that_never_had_its_lock_is_told_and_runs_when_a_person_asks_for_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = $"lockTimeout: 5m\n{Migration()}" });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Apply(Small with { Name = "billing", Steps = [], Migration = Migration("20m") });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Spec.Rollout: "billing", Status.State: MigrationState.Running }), TimeSpan.FromMinutes(2));
        world.Apply(v1);
        world.UntilEnded(Outcome.Reverted);
        world.UntilHealthy();

        world.Condition(ConditionTypes.UndoFailed)!.Reason.ShouldBe(Reasons.LockTimeout);
        world.Status.Message!.ShouldEndWith("a Retry runs it again");
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Spec.Rollout: "billing", Status.Lock.ReleasedAt: not null }), TimeSpan.FromMinutes(30));
        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();
        world.ShouldBeAtRest();

        States(world)[1..].ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 TimedOut", "payments-2-undo-retry-1 0 Succeeded"]);
        world.Condition(ConditionTypes.UndoFailed).ShouldBeNull();
    }

    private static List<string> States(ReleaseWorld world) =>
        [.. world.Migrations.OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal).Select(migration => $"{migration.Metadata.Name} {migration.Spec.Epoch} {migration.Status!.State}")];

    private static string Migration(string duration = "5s", string undoTimeout = "30m", bool undo = true, string? image = null) => $$"""
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: {{duration}}}{{(image is null ? "" : $"\nimage: {image}")}}
        expand: {command: [./migrate, up], timeout: 30m}{{(undo ? $"\nundo: {{command: [./migrate, down], timeout: {undoTimeout}}}" : "")}}
        """;
}
