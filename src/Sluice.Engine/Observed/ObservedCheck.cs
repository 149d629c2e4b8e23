using Sluice.Engine.Jobs;

namespace Sluice.Engine.Observed;

/// <summary>The Job of a check.</summary>
/// <param name="Job">What is seen of it. Log and pod are looked at only while its end is waited for.</param>
/// <param name="Release">Name of the Release that it ran for.</param>
/// <param name="IsHeld">Whether our finalizer holds it.</param>
public sealed record ObservedCheck(ObservedJob Job, string Release, bool IsHeld);
