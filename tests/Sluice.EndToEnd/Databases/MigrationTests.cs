using Sluice.Api;

namespace Sluice.EndToEnd.Databases;

/// <summary>What SQL, run by psql in the Jobs of a release, means to the pods of both versions.</summary>
public sealed class MigrationTests : DatabaseTests
{
    [Fact]
    public async Task A_column_is_there_before_the_pods_that_use_it_and_another_goes_after_those_that_do()
    {
        await Shop.ApplyAsync($"{V2 with { Steps = Waiting }}");
        await Shop.UntilWaitingAsync();
        await OrdersComeAsync("v1");
        await OrdersComeAsync("v2");
        await DecideAsync(DecisionAction.Continue);
        await Shop.UntilHealthyAsync();

        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded, MigrationState.Succeeded]);
        await RanOnceAsync("cents", "no amount");
        (await ColumnsAsync()).ShouldBe(["cents", "id", "version"]);
        await OrdersComeAsync("v2");
        await NobodyComplainedAsync();
    }

    [Fact]
    public async Task After_a_rollback_the_column_goes_when_nobody_uses_it_any_more()
    {
        await Shop.ApplyAsync($"{V2 with { Steps = Waiting }}");
        await Shop.UntilWaitingAsync();
        await OrdersComeAsync("v2");
        await DecideAsync(DecisionAction.Abort);
        await Shop.UntilEndedAsync(Outcome.Aborted);

        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Undone, MigrationState.Succeeded]);
        await RanOnceAsync("cents", "no cents");
        (await ColumnsAsync()).ShouldBe(["amount", "id", "version"]);
        await OrdersComeAsync("v1");
        await NobodyComplainedAsync();
    }

    [Fact]
    public async Task Of_an_expand_that_fails_the_old_pods_notice_nothing_and_people_read_what_the_database_said()
    {
        await Shop.ApplyAsync($"{V2 with { Phases = [Expand with { Sql = "alter table orders_of_yore add column cents int" }, Contract, Undo] }}");
        await Shop.UntilEndedAsync(Outcome.Failed);
        await OrdersComeAsync("v1");

        var migration = (await Shop.ListAsync<Migration>()).Single();
        migration.Status!.State.ShouldBe(MigrationState.Failed);
        (await Shop.KubectlAsync("describe", "migration", migration.Metadata.Name!)).ShouldContain("relation \"orders_of_yore\" does not exist");
        (await Database.QueryAsync("select migration from begun")).ShouldBe(["cents"], "neither a contract nor an undo: nothing was added");
        (await Database.QueryAsync("select migration from done")).ShouldBeEmpty();
        (await Database.QueryAsync("select distinct version from orders")).ShouldBe(["v1"]);
        await NobodyComplainedAsync();
        (await Shop.PodsAsync()).Count.ShouldBe(2);
    }

    private async Task DecideAsync(DecisionAction action)
    {
        var revision = (await Shop.RolloutAsync())!.Status!.Release!.Revision;
        (await Shop.DecideAsync(new DecisionSpec { Action = action, Revision = revision })).State.ShouldBe(DecisionState.Applied);
    }

    private Task<IReadOnlyList<string>> ColumnsAsync() => Database.QueryAsync("select column_name from information_schema.columns where table_name = 'orders' order by 1");
}
