using Sluice.Api;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Which lock the migrations of a Rollout want.</summary>
internal static class MigrationLocks
{
    /// <summary>The lock of the release in flight, whose plan may be another than the spec's by now; null when it has no migration.</summary>
    /// <param name="rollout">The Rollout.</param>
    /// <param name="record">The Release in flight; null where somebody has deleted it.</param>
    public static string? OfFlight(Rollout rollout, Release? record) => (record is null ? rollout.Spec.Migration : record.Spec.Migration)?.LockNameFor(rollout.Metadata.Name ?? "");
}
