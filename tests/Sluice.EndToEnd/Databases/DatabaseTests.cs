using Sluice.Api;
using Sluice.EndToEnd.Support;
using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Databases;

/// <summary>A shop whose v1 inserts orders, and the phases that v2 needs; the operator's process, and a real PostgreSQL, which is the judge of what ran how often.</summary>
public abstract class DatabaseTests : IAsyncLifetime
{
    private protected static readonly MigrationPhaseSql Expand = new("expand", "cents", "alter table orders add column cents int, alter column amount drop not null")
    {
        Verified = "information_schema.columns where table_name = 'orders' and column_name = 'cents'",
    };

    /// <summary>Pods of v1 could not work any more after it.</summary>
    private protected static readonly MigrationPhaseSql Contract = new("contract", "no amount", "alter table orders drop column amount") { Fields = ["irreversible: true"] };

    /// <summary>Pods of v2 could not work any more after it.</summary>
    private protected static readonly MigrationPhaseSql Undo = new("undo", "no cents", "alter table orders drop column cents");

    private protected const string Waiting = "[{setWeight: 50}, {pause: {}}]";

    private PostgresServer? database;
    private SandboxEnvironment? environment;
    private Shop? shop;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected PostgresServer Database => database!;

    private protected Shop Shop => shop!;

    private protected SandboxEnvironment Environment => environment!;

    private protected OrdersApp V1 => new(Database);

    private protected OrdersApp V2 => new(Database)
    {
        Version = 2,
        Insert = "insert into orders (version, cents) values ('v2', 1000)",
        Phases = [Expand, Contract, Undo],
        Soak = "2s",
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
        GC.SuppressFinalize(this);
        if (shop is not null) await shop.DisposeAsync();
        if (environment is not null) await environment.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }

    private protected async Task RanOnceAsync(params IEnumerable<string> migrations)
    {
        (await Database.QueryAsync("select migration from begun order by at")).ShouldBe(migrations);
        (await Database.QueryAsync("select migration from done order by at")).ShouldBe(migrations);
    }

    private protected async Task NobodyComplainedAsync() => (await Database.QueryAsync("select version from complaints")).ShouldBeEmpty();

    /// <summary>Waits for an order of this version that is newer than all there are now.</summary>
    private protected async Task OrdersComeAsync(string version)
    {
        var last = (await Database.QueryAsync("select coalesce(max(id), 0) from orders"))[0];
        var query = $"select 1 from orders where version = '{version}' and id > {last} limit 1";
        (await Shop.EventuallyAsync(async () => (await Database.QueryAsync(query)).Count > 0, TimeSpan.FromMinutes(1))).ShouldBeTrue($"no pod of {version} inserts orders any more");
    }
}
