using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A contract, or the undo of a release that the spec went back from, failed: a person has it run again, and nothing else of the release.</summary>
public sealed class MigrationRetryScenarios
{
    private const string Contract = "contract: {command: [./migrate, contract]}";

    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] };

    [Fact]
    public void A_Retry_runs_a_failed_contract_again_and_moves_no_pod()
    {
        using var world = new ReleaseWorld();
        FailedContract(world);
        var (pods, record) = (Uids(world), world.Releases[^1].Metadata.ResourceVersion);

        Retried(world);
        world.UntilStage(Stage.Contracting);
        world.Release!.Name.ShouldBe("payments-2");
        world.Release.Decisions.ShouldHaveSingleItem().By.ShouldBe(ReleaseWorld.Alice);
        Interrupt(world, "payments-2-contract-retry-1");
        world.UntilHealthy();
        world.Condition(ConditionTypes.ContractFailed)!.Message!.ShouldContain("payments-2-contract-retry-1");

        Retried(world);
        world.UntilStage(Stage.Contracting);
        world.UntilHealthy();

        States(world).ShouldBe(["payments-2-contract 0 failed", "payments-2-contract-retry-1 0 failed", "payments-2-contract-retry-2 0 Succeeded", "payments-2-expand 0 Succeeded"]);
        world.Condition(ConditionTypes.ContractFailed).ShouldBeNull();
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        world.Status.SchemaFloor.ShouldBeNull("none is declared");
        world.Releases[^1].Metadata.ResourceVersion.ShouldBe(record, "how a release ended stays on record");
        Uids(world).ShouldBe(pods);
        world.ShouldBeAtRest();
        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Refused, "never again after a success");
    }

    [Fact]
    public void Another_revision_goes_before_a_contract_that_is_to_run_again()
    {
        using var world = new ReleaseWorld();
        var v2 = FailedContract(world);
        world.Apply(v2 with { Paused = true });
        Retried(world);
        world.Until(status => status is { Phase: Phase.Paused, Release.Stage: Stage.Contracting });
        world.Migrations.ShouldNotContain(migration => migration.Metadata.Name == "payments-2-contract-retry-1");

        world.Apply(Small.V(3));
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
        world.Status.OwedContracts.ShouldBeEmpty("it was not owed before either");
        world.Condition(ConditionTypes.ContractFailed).ShouldNotBeNull();
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));
        Retried(world);
        world.UntilStage(Stage.Contracting);
        world.UntilHealthy();
        States(world)[1].ShouldBe("payments-2-contract-retry-1 0 Succeeded");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void After_going_back_nobody_can_have_it_run_again()
    {
        using var world = new ReleaseWorld();
        FailedContract(world);
        world.Apply(Small);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));

        world.AnswerTo(world.Decide(DecisionAction.Retry)).Message!.ShouldContain("payments-2-contract removes what revision");
        world.Status.Message!.ShouldNotContain("a Retry");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_contract_of_which_nobody_knows_is_not_run_again_by_a_Retry()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Small);
        world.Apply(Version2(Contract));
        var pod = RunningPod(world, "payments-2-contract");
        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, pod.Metadata.ControllerOwner()!.Name, """{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, pod.Metadata.ControllerOwner()!.Name);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));

        world.AnswerTo(world.Decide(DecisionAction.Retry)).Message!.ShouldContain("Override of migration/payments-2-contract");
        world.Status.Message!.ShouldNotContain("a Retry");
        States(world)[0].ShouldBe("payments-2-contract 0 Unknown");
        world.Migrations.Count.ShouldBe(2);
    }

    [Fact]
    public void A_Retry_runs_the_failed_undo_of_what_the_spec_went_back_from()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Small);
        world.Apply(Version2("undo: {command: [./migrate, down]}") with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Apply(Small);
        Interrupt(world, "payments-2-undo");
        world.UntilEnded(Outcome.Reverted);
        world.UntilHealthy();
        world.Condition(ConditionTypes.UndoFailed).ShouldNotBeNull();
        world.Status.Message!.ShouldContain("migration payments-2-undo ended as");
        world.Status.Message!.ShouldEndWith("a Retry runs it again");
        world.ShouldBeAtRest();
        var pods = Uids(world);

        Retried(world);
        world.UntilStage(Stage.Undoing);
        world.UntilEnded(Outcome.Reverted);
        world.ShouldBeAtRest();

        world.Status.Phase.ShouldBe(Phase.Healthy);
        States(world).ShouldBe(["payments-2-expand 0 Undone", "payments-2-undo 0 failed", "payments-2-undo-retry-1 0 Succeeded"]);
        world.Condition(ConditionTypes.UndoFailed).ShouldBeNull();
        Uids(world).ShouldBe(pods);
        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Refused);
    }

    /// <summary>Version 2 is promoted, and its contract has failed.</summary>
    private static RolloutYaml FailedContract(ReleaseWorld world)
    {
        world.Deployed(Small);
        var v2 = Version2(Contract);
        world.Apply(v2);
        Interrupt(world, "payments-2-contract");
        world.UntilHealthy();
        world.Condition(ConditionTypes.ContractFailed).ShouldNotBeNull();
        world.Status.Message!.ShouldEndWith("a Retry runs it again");
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));
        return v2;
    }

    /// <summary>Somebody deletes the pod of a migration while its command runs.</summary>
    private static void Interrupt(ReleaseWorld world, string migration) => world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, RunningPod(world, migration).Metadata.Name!);

    private static V1Pod RunningPod(ReleaseWorld world, string migration)
    {
        world.Cluster.RunUntil(() => Running() is not null, TimeSpan.FromMinutes(30));
        return Running()!;

        V1Pod? Running() => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, (Labels.Migration, migration)).FirstOrDefault(pod => pod.Status?.Phase == "Running");
    }

    private static RolloutYaml Version2(string phase) =>
        Small.V(2) with { Migration = $"lock: shared-db\nannotations: {{sandbox.sluice.dev/duration: 1m}}\nexpand: {{command: [./migrate, up]}}\n{phase}" };

    private static void Retried(ReleaseWorld world) => world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Applied);

    private static List<string> Uids(ReleaseWorld world) => [.. world.Pods.Select(pod => pod.Metadata.Uid!).Order(StringComparer.Ordinal)];

    private static List<string> States(ReleaseWorld world) =>
        [.. world.Migrations.OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal).Select(migration => $"{migration.Metadata.Name} {migration.Spec.Epoch} {(migration.Status!.State is MigrationState.Failed or MigrationState.Disrupted ? "failed" : migration.Status.State)}")];
}
