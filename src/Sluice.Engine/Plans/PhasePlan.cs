using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>What one phase of a migration runs, with the defaults taken from the pod template.</summary>
public sealed record PhasePlan
{
    public required MigrationPhase Phase { get; init; }

    public required string Lock { get; init; }

    public required TimeSpan LockTimeout { get; init; }

    /// <summary>How long one Job may take.</summary>
    public required TimeSpan Timeout { get; init; }

    public required int Retries { get; init; }

    public required bool Idempotent { get; init; }

    public required bool LogTail { get; init; }

    /// <summary>The command that proves the result; empty for none.</summary>
    public required IReadOnlyList<string> Verify { get; init; }

    /// <summary>Whether no older revision can run once it has begun.</summary>
    public required bool Irreversible { get; init; }

    public required string ServiceAccountName { get; init; }

    public required CancelPolicy CancelPolicy { get; init; }

    /// <summary>Annotations of the Jobs' pods.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Names of the Secrets with which the template pulls its images.</summary>
    public required IReadOnlyList<string> ImagePullSecrets { get; init; }

    /// <summary>What the Jobs run; the part of a migration that makes its key.</summary>
    public required MigrationCommand Command { get; init; }
}
