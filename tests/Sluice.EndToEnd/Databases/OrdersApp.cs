using System.Text;

namespace Sluice.EndToEnd.Databases;

/// <summary>
/// An application with a database, as a Rollout: each of its pods is a process that inserts an order, by psql, again and again, in the words of its version.
/// What a migration does is SQL for psql, which keeps no books: the script itself writes down that it has begun, before it does anything else.
/// </summary>
internal sealed record OrdersApp(PostgresServer Database)
{
    public int Version { get; init; } = 1;

    /// <summary>The INSERT of this version.</summary>
    public string Insert { get; init; } = "insert into orders (version, amount) values ('v1', 10)";

    public IReadOnlyList<MigrationPhaseSql> Phases { get; init; } = [];

    public string Steps { get; init; } = "[]";

    public string? Soak { get; init; }

    /// <summary>What there is before any release: orders, the complaints of pods whose INSERT failed, and the books of the migrations.</summary>
    public static Task CreateSchemaAsync(PostgresServer database) => database.ExecuteAsync(
        """
        create table orders (id bigint generated always as identity primary key, version text not null, amount int not null);
        create table complaints (version text not null, at timestamptz not null default now());
        create table begun (migration text not null, at timestamptz not null default now());
        create table done (migration text not null, at timestamptz not null default now());
        """);

    public override string ToString()
    {
        var yaml = new StringBuilder($$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Rollout
            metadata: {name: payments}
            spec:
              replicas: 2
              progressDeadlineSeconds: 120
              template:
                metadata:
                  labels: {app: payments, version: v{{Version}}}
                  annotations: {sandbox.sluice.dev/run: "true", sandbox.sluice.dev/ready-after: 200ms}
                spec:
                  terminationGracePeriodSeconds: 5
                  containers:
                  - name: app
                    image: registry.example.com/orders:v{{Version}}
                    command:
                    - sh
                    - -c
                    - |
                      trap 'exit 0' TERM
                      while true; do
                        psql -qc "$INSERT" || psql -qc "insert into complaints values ('$VERSION')"
                        sleep 0.3 & wait $!
                      done
                    env:
                    - {name: VERSION, value: v{{Version}}}
                    - {name: INSERT, value: "{{Insert}}"}

            """);
        foreach (var (name, value) in Database.Variables) yaml.Append($"        - {{name: {name}, value: {value}}}\n");
        yaml.Append($"  strategy:\n    canary:\n      steps: {Steps}\n");
        if (Soak is not null) yaml.Append($"  soak: {{duration: {Soak}}}\n");
        if (Phases.Count == 0) return yaml.ToString();

        yaml.Append("  migration:\n    lock: orders-db\n    env:\n");
        foreach (var (name, value) in Database.Variables) yaml.Append($"    - {{name: {name}, value: {value}}}\n");
        foreach (var phase in Phases) yaml.Append(phase);
        return yaml.ToString();
    }
}

/// <summary>One phase of a migration: its SQL, and a query that is to find something afterwards.</summary>
/// <param name="Phase"><c>expand</c>, <c>contract</c> or <c>undo</c>.</param>
/// <param name="Name">Under which it is in the books.</param>
/// <param name="Sql">One statement.</param>
internal sealed record MigrationPhaseSql(string Phase, string Name, string Sql)
{
    /// <summary>What there is when it is done, as what follows <c>from</c> in SQL; null is not verified.</summary>
    public string? Verified { get; init; }

    /// <summary>Further fields of the phase, each a line.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    public override string ToString()
    {
        var yaml = new StringBuilder($$"""
                {{Phase}}:
                  command: [psql, -v, ON_ERROR_STOP=1]
                  args:
                  - -c
                  - insert into begun values ('{{Name}}')
                  - -c
                  - {{Sql}}
                  - -c
                  - insert into done values ('{{Name}}')

            """);
        if (Verified is not null) yaml.Append($"      verify: [psql, -v, ON_ERROR_STOP=1, -c, \"select 1 / count(*) from {Verified}\"]\n");
        foreach (var field in Fields) yaml.Append("      ").Append(field).Append('\n');
        return yaml.ToString();
    }
}
