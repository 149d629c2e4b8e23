using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Migrations;

/// <summary>How often a key may run: once an epoch, and the epochs follow from the records alone.</summary>
public sealed class MigrationRecordsTests
{
    private static readonly Migration ExpandA = Record(1, MigrationPhase.Expand, "a");
    private static readonly Migration ExpandB = Record(2, MigrationPhase.Expand, "b");
    private static readonly Migration ContractB = Record(2, MigrationPhase.Contract, "c");

    [Fact]
    public void A_key_that_never_ran_begins_with_epoch_0() => EpochOf("z", ExpandA, ContractB).ShouldBe(0);

    [Fact]
    public void A_contract_that_has_begun_raises_the_keys_of_earlier_releases_and_not_its_own()
    {
        EpochOf("a", ExpandA, ExpandB, ContractB).ShouldBe(1);
        EpochOf("b", ExpandA, ExpandB, ContractB).ShouldBe(0);
        EpochOf("a", ExpandA, ExpandB, ContractB with { Status = ContractB.Status! with { State = MigrationState.Failed } }).ShouldBe(1, "nobody knows how much of it was done");
        EpochOf("a", ExpandA, ExpandB, ContractB with { Status = new MigrationStatus { State = MigrationState.WaitingForLock } }).ShouldBe(0);
        EpochOf("a", ExpandA, ExpandB, ContractB with { Status = ContractB.Status! with { State = MigrationState.Superseded } }).ShouldBe(0);
        MigrationRecords.EpochOf([ContractB, Record(3, MigrationPhase.Contract, "d")], MigrationPhase.Contract, "c").ShouldBe(1);
    }

    [Fact]
    public void What_was_expanded_again_is_not_raised_by_the_same_contract_twice()
    {
        var again = Record(3, MigrationPhase.Expand, "a", epoch: 1);

        EpochOf("a", ExpandA, ExpandB, ContractB, again).ShouldBe(1);
        EpochOf("a", ExpandA, ExpandB, ContractB, again, Record(4, MigrationPhase.Contract, "c", epoch: 1)).ShouldBe(2);
    }

    [Fact]
    public void An_undo_that_has_begun_raises_what_it_takes_back()
    {
        var undo = Record(2, MigrationPhase.Undo, "u", undoes: "b");

        EpochOf("b", ExpandB, undo).ShouldBe(1);
        EpochOf("a", ExpandA, ExpandB, undo).ShouldBe(0);
        EpochOf("b", ExpandB, undo with { Status = undo.Status! with { State = MigrationState.TimedOut } }).ShouldBe(1);
        EpochOf("b", ExpandB, undo, Record(3, MigrationPhase.Expand, "b", epoch: 1)).ShouldBe(1);
    }

    private static int EpochOf(string key, params Migration[] records) => MigrationRecords.EpochOf(records, MigrationPhase.Expand, key);

    private static Migration Record(int number, MigrationPhase phase, string key, int epoch = 0, string? undoes = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"payments-{number}-{phase}" },
        Spec = new MigrationSpec { Rollout = "payments", Release = $"payments-{number}", Phase = phase, Key = key, Epoch = epoch, Undoes = undoes },
        Status = new MigrationStatus { State = MigrationState.Succeeded, StartedAt = Given.Now },
    };
}
