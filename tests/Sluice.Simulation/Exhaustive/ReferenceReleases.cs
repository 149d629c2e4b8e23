using Sluice.Simulation.Exhaustive.References;

namespace Sluice.Simulation.Exhaustive;

/// <summary>The releases that all single faults are tried on: every stage, every way out of it, and what people do in between.</summary>
internal static class ReferenceReleases
{
    public static IReadOnlyList<ReferenceRelease> All { get; } = [.. Promotions.All, .. Rollbacks.All, .. Overtaken.All, .. People.All, .. Lifecycle.All, .. MigrationRuns.All, .. ContractRuns.All, .. ChecksRuns.All, .. Switched.All, .. Routed.All, .. Subsets.All, .. Takeovers.All];
}
