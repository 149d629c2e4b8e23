using Sluice.Engine.Traffic;

namespace Sluice.Engine.Finalization;

/// <summary>Traffic that a release leads away from the stable revision is led back to it.</summary>
internal sealed class RouteDuty(TrafficPass traffic) : IDuty
{
    public bool IsOwed => traffic.IsAwayFromStable;

    public bool IsDone => traffic.IsSetBack;

    public bool IsWaiting => traffic.Effects.Count == 0;

    /// <summary>Pods go meanwhile too, and may not come any more.</summary>
    public TimeSpan Patience => TimeSpan.FromMinutes(1);
}
