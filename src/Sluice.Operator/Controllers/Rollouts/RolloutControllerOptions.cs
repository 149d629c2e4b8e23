namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>How the Rollout controller behaves.</summary>
/// <param name="ProgressInterval">How often progress figures may be written into a status while nothing else changes.</param>
internal sealed record RolloutControllerOptions(TimeSpan ProgressInterval);
