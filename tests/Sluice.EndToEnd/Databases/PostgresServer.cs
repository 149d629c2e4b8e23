using Npgsql;
using Sluice.Sandbox.Processes;

namespace Sluice.EndToEnd.Databases;

/// <summary>A real PostgreSQL with a folder of its own, reached by a socket in that folder: it listens on no port, so none can be taken.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";
    private const string Database = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo home;
    private readonly ChildProcess daemon;
    private readonly NpgsqlDataSource source;

    private PostgresServer(DirectoryInfo folder, ChildProcess process, NpgsqlDataSource source) => (home, daemon, this.source) = (folder, process, source);

    /// <summary>What psql and libpq need to find it.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["PGHOST"] = home.FullName, ["PGUSER"] = User, ["PGDATABASE"] = Database };

    /// <summary>Makes a cluster in a temporary folder and starts it; returns once it takes connections.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-pg-");
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["chown", User, folder.FullName], ct);
        var data = Path.Combine(folder.FullName, "data");
        await RunAsync("initdb", [.. AsUser("initdb"), "--pgdata", data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-sync"], ct);

        string[] command = [.. AsUser("postgres"), "-D", data, "-k", folder.FullName, "-c", "listen_addresses=", "-c", "fsync=off"];
        var process = ChildProcess.Start(new ChildProcessOptions("postgres", command[0], command[1..], LogFile: null));
        var server = new PostgresServer(folder, process, NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder { Host = folder.FullName, Username = User, Database = Database }));
        try
        {
            await process.WaitUntilAsync(server.AnswersAsync, Patience, ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first column of all rows, as text.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(reader.GetValue(0).ToString() ?? "");
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        // A server asked to stop waits for its clients.
        await source.DisposeAsync();
        await daemon.DisposeAsync();
        home.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>The server refuses to run as root; Debian's package makes a user for it.</summary>
    private static string[] AsUser(string program) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid", User, "--regid", User, "--init-groups", PostgresPrograms.Find(program)]
        : [PostgresPrograms.Find(program)];

    private static async Task RunAsync(string name, IReadOnlyList<string> command, CancellationToken ct)
    {
        await using var process = ChildProcess.Start(new ChildProcessOptions(name, command[0], [.. command.Skip(1)], LogFile: null));
        (await process.WaitForExitAsync(ct)).ShouldBe(0, process.LastLines);
    }
}
