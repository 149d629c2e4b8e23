using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Databases;

/// <summary>The operator's process, and SQL that psql runs in its Jobs against a real PostgreSQL, which is the judge of what ran how often.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private static readonly MigrationPhaseSql Expand = new("expand", "currency", "alter table orders add column currency text default 'EUR'")
    {
        Verified = "information_schema.columns where table_name = 'orders' and column_name = 'currency'",
    };

    private PostgresServer? database;
    private SandboxEnvironment? environment;
    private Shop? shop;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostgresServer Database => database!;

    private Shop Shop => shop!;

    private OrdersApp V1 => new(Database);

    private OrdersApp V2 => new(Database)
    {
        Version = 2,
        Insert = "insert into orders (version, amount, currency) values ('v2', 10, 'CHF')",
        Phases = [Expand],
    };

    public async ValueTask InitializeAsync()
    {
        database = await PostgresServer.StartAsync(Ct);
        await OrdersApp.CreateSchemaAsync(database);
        environment = await SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions { RunsProcesses = true, WithPrometheus = false }, Ct);
        shop = await Shop.OpenAsync(environment, Ct);
        await shop.ApplyAsync($"{V1}");
        await shop.UntilHealthyAsync();
        await OrdersComeAsync("v1");
    }

    public async ValueTask DisposeAsync()
    {
        if (shop is not null) await shop.DisposeAsync();
        if (environment is not null) await environment.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }

    [Fact]
    public async Task A_column_is_there_before_the_pods_that_use_it_and_the_old_ones_go_on_beside_them()
    {
        await Shop.ApplyAsync($"{V2}");
        await Shop.UntilAsync(status => status.Release is { Stage: Stage.Stepping, Step.Kind: StepKind.Pause });
        await OrdersComeAsync("v1");
        await OrdersComeAsync("v2");
        await Shop.UntilHealthyAsync();

        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded]);
        await RanOnceAsync("currency");
        await NobodyComplainedAsync();
        (await Database.QueryAsync("select distinct currency from orders where version = 'v2'")).ShouldBe(["CHF"]);
    }

    [Fact]
    public async Task Of_an_expand_that_fails_the_old_pods_notice_nothing_and_people_read_what_the_database_said()
    {
        await Shop.ApplyAsync($"{V2 with { Phases = [Expand with { Sql = "alter table orders_of_yore add column currency text" }] }}");
        await Shop.UntilEndedAsync(Outcome.Failed);
        await OrdersComeAsync("v1");

        var migration = (await Shop.ListAsync<Migration>()).Single();
        migration.Status!.State.ShouldBe(MigrationState.Failed);
        (await Shop.KubectlAsync("describe", "migration", migration.Metadata.Name!)).ShouldContain("relation \"orders_of_yore\" does not exist");
        (await Database.QueryAsync("select migration from begun")).ShouldBe(["currency"]);
        (await Database.QueryAsync("select migration from done")).ShouldBeEmpty();
        (await Database.QueryAsync("select distinct version from orders")).ShouldBe(["v1"]);
        await NobodyComplainedAsync();
        (await Shop.PodsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_that_is_killed_after_each_of_its_writes_runs_it_once()
    {
        await environment!.KillOperatorAsync();
        await Shop.ApplyAsync($"{V2 with { Steps = "[{setWeight: 50}]" }}");

        var killings = await OneWriteALife.RunAsync(environment, async () => (await Shop.RolloutAsync())?.Status is { Phase: Phase.Healthy, Release: null, LastRelease.Name: "payments-2" });

        killings.ShouldBeGreaterThan(10);
        (await Shop.OutcomesAsync()).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        (await Shop.MigrationsAsync()).ShouldBe([MigrationState.Succeeded]);
        await RanOnceAsync("currency");
        await OrdersComeAsync("v2");
        await NobodyComplainedAsync();
    }

    private async Task RanOnceAsync(params IEnumerable<string> migrations)
    {
        (await Database.QueryAsync("select migration from begun order by at")).ShouldBe(migrations);
        (await Database.QueryAsync("select migration from done order by at")).ShouldBe(migrations);
    }

    private async Task NobodyComplainedAsync() => (await Database.QueryAsync("select version from complaints")).ShouldBeEmpty();

    /// <summary>Waits for an order of this version that is newer than all there are now.</summary>
    private async Task OrdersComeAsync(string version)
    {
        var last = (await Database.QueryAsync("select coalesce(max(id), 0) from orders"))[0];
        var query = $"select 1 from orders where version = '{version}' and id > {last} limit 1";
        (await Shop.EventuallyAsync(async () => (await Database.QueryAsync(query)).Count > 0, TimeSpan.FromMinutes(1))).ShouldBeTrue($"no pod of {version} inserts orders any more");
    }
}
