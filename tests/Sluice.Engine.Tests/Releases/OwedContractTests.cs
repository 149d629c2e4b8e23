using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Releases;

/// <summary>What is owed, as it is kept in Migrations and read back from them.</summary>
public sealed class OwedContractTests
{
    private static readonly Rollout Rollout = Given.Rollout("""{"migration": {"contract": {"command": ["./migrate", "contract"]}}}""");

    private static readonly string Revision = Engine.Plans.Revision.Of(PlanSource.Of(Rollout)).Name;

    [Theory]
    [InlineData(MigrationState.Superseded, false, true)]
    [InlineData(MigrationState.Superseded, true, true)]
    [InlineData(MigrationState.TimedOut, false, true)]
    [InlineData(MigrationState.TimedOut, true, false)]
    [InlineData(MigrationState.Failed, true, false)]
    [InlineData(MigrationState.Disrupted, true, false)]
    [InlineData(MigrationState.Succeeded, true, false)]
    [InlineData(MigrationState.Skipped, false, false)]
    [InlineData(MigrationState.Unknown, false, false)]
    [InlineData(MigrationState.Unknown, true, false)]
    public void A_Rollout_that_is_new_owes_what_a_Migration_was_to_run_and_did_not_begin(MigrationState state, bool hasBegun, bool isOwed)
    {
        var kept = Contract("payments-2-contract", new MigrationStatus { State = state, StartedAt = hasBegun ? Given.Now : null });

        OwedBy(kept).ShouldBe(isOwed ? ["payments-2"] : []);
    }

    [Fact]
    public void One_try_that_settles_it_is_enough_and_what_was_dropped_stays_so()
    {
        var kept = Contract("payments-2-contract", new MigrationStatus { State = MigrationState.Superseded });

        OwedBy(kept, Contract("payments-2-contract-in-3", new MigrationStatus { State = MigrationState.TimedOut })).ShouldBe(["payments-2"]);
        OwedBy(kept, Contract("payments-2-contract-in-3", new MigrationStatus { State = MigrationState.Succeeded, StartedAt = Given.Now })).ShouldBeEmpty();
        OwedBy(kept, kept with { Metadata = new V1ObjectMeta { Name = "payments-2-contract-dropped" }, Spec = kept.Spec with { Dropped = true } }).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_owed_is_kept_by_a_Migration_that_names_the_revisions_from_before()
    {
        var releases = new[] { Given.Release(Rollout, 1, "1111111111"), Given.Release(Rollout, 2, "2222222222", Outcome.Failed), Given.Release(Rollout, 3, Revision) };
        var status = Settled() with { OwedContracts = [new OwedContract { Release = "payments-3", Number = 3 }] };

        var kept = Effects(status, releases).OfType<Effect.CreateMigration>().ShouldHaveSingleItem();

        kept.Name.ShouldBe("payments-3-contract");
        kept.Spec.Command.ShouldBe(["./migrate", "contract"]);
        kept.Spec.Predecessors.ShouldBe(["1111111111"]);
        Effects(status, releases, Contract(kept.Name, null) with { Spec = kept.Spec }).OfType<Effect.CreateMigration>().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_dropped_is_kept_too_before_the_status_forgets_it()
    {
        var status = Settled() with { OwedContracts = [new OwedContract { Release = "payments-2", Number = 2, Dropped = true }] };
        var kept = Contract("payments-2-contract", new MigrationStatus { State = MigrationState.Superseded });

        var act = Decide(status, [], kept);
        var dropped = act.Effects.OfType<Effect.CreateMigration>().ShouldHaveSingleItem();
        dropped.Name.ShouldBe("payments-2-contract-dropped");
        dropped.Spec.Dropped.ShouldBeTrue();
        act.Status.OwedContracts.ShouldHaveSingleItem();

        var after = Decide(status, [], kept, Contract(dropped.Name, null) with { Spec = dropped.Spec });
        after.Effects.OfType<Effect.CreateMigration>().ShouldBeEmpty();
        after.Status.OwedContracts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MigrationState.Succeeded)]
    [InlineData(MigrationState.Failed)]
    public void By_a_Retry_of_another_contract_nothing_is_forgotten_and_nothing_added(MigrationState end)
    {
        var status = Settled() with
        {
            OwedContracts = [new OwedContract { Release = "payments-2", Number = 2 }],
            Release = new ReleaseProgress
            {
                Name = "payments-3",
                Number = 3,
                Revision = Revision,
                Stage = Stage.Contracting,
                Migration = new ReleaseMigrations { Contract = new MigrationProgress { Migration = "payments-3-contract-retry-1" } },
            },
        };
        var failed = Contract("payments-3-contract", new MigrationStatus { State = MigrationState.Failed, StartedAt = Given.Now.AddHours(-1) });
        var again = Contract("payments-3-contract-retry-1", new MigrationStatus { State = end, StartedAt = Given.Now });

        var ended = RolloutEngine.Decide(
            Given.Snapshot(
                Rollout with { Status = status },
                [Given.Set(Revision, 10)],
                [Given.Release(Rollout, 3, Revision)],
                [Contract("payments-2-contract", new MigrationStatus { State = MigrationState.Superseded }), Of("payments-3", failed), Of("payments-3", again)]),
            Given.Now).ShouldBeOfType<Decision.Transition>();

        ended.Status.Release!.Stage.ShouldBe(Stage.Finishing);
        ended.Status.OwedContracts.Select(owed => owed.Release).ShouldBe(["payments-2"]);
    }

    private static Migration Of(string release, Migration migration) => migration with { Spec = migration.Spec with { Release = release } };

    private static IEnumerable<string> OwedBy(params Migration[] migrations) =>
        RolloutEngine.Decide(Given.Snapshot(Rollout, migrations: migrations), Given.Now).ShouldBeOfType<Decision.Transition>().Status.OwedContracts.Select(owed => owed.Release);

    private static IReadOnlyList<Effect> Effects(RolloutStatus status, IReadOnlyList<Release> releases, params Migration[] migrations) => Decide(status, releases, migrations).Effects;

    private static Decision.Act Decide(RolloutStatus status, IReadOnlyList<Release> releases, params Migration[] migrations) =>
        RolloutEngine.Decide(Given.Snapshot(Rollout with { Status = status }, [Given.Set(Revision, 10)], releases, migrations), Given.Now).ShouldBeOfType<Decision.Act>();

    private static RolloutStatus Settled() => new() { Stable = new StableStatus { Revision = Revision }, LastRelease = new LastRelease { Name = "payments-3", Revision = Revision, Outcome = Outcome.Promoted } };

    private static Migration Contract(string name, MigrationStatus? status) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new MigrationSpec { Rollout = "payments", Release = "payments-2", Revision = "2222222222", Phase = MigrationPhase.Contract, Key = "c" },
        Status = status,
    };
}
