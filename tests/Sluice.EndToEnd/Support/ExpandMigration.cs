namespace Sluice.EndToEnd.Support;

/// <summary>The migration of the Rollout under test; its image stays the same unless a scenario wants another one.</summary>
internal sealed record ExpandMigration
{
    public string Image { get; init; } = "registry.example.com/payments-schema:42";

    /// <summary>In seconds.</summary>
    public int Duration { get; init; } = 2;

    public int ExitCode { get; init; }

    public int Retries { get; init; }

    public bool IsVerified { get; init; } = true;

    public override string ToString() => $$"""
          migration:
            image: {{Image}}
            annotations: {sandbox.sluice.dev/duration: {{Duration}}s, sandbox.sluice.dev/exit-code: "{{ExitCode}}", sandbox.sluice.dev/log: applied}
            expand:
              command: [sh, -c, "sleep {{Duration}}; echo applied; exit {{ExitCode}}"]
              retries: {{Retries}}
              idempotent: {{(Retries > 0 ? "true" : "false")}}
              {{(IsVerified ? "verify: [sh, -c, \"exit 0\"]" : "")}}

        """;
}
