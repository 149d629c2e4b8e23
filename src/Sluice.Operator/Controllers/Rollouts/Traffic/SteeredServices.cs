namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The two Services whose selectors a strategy has the operator write.</summary>
/// <param name="Field">Where the spec names them.</param>
/// <param name="StableField">The field with <paramref name="Stable"/>.</param>
/// <param name="Stable">The Service for the stable revision; the active one of blue-green.</param>
/// <param name="CanaryField">The field with <paramref name="Canary"/>.</param>
/// <param name="Canary">The Service for the canary; the preview of blue-green.</param>
internal sealed record SteeredServices(string Field, string StableField, string Stable, string CanaryField, string Canary);
