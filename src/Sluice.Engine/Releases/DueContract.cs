using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>A contract that is to run now that a revision is promoted.</summary>
/// <param name="Migration">Name of the Migration.</param>
/// <param name="Spec">What it runs, and the Release whose contract it is.</param>
internal sealed record DueContract(string Migration, MigrationSpec Spec);
