using Sluice.Api;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Which of several Rollouts that want the same came first: the oldest, and of the same age the one whose name comes first.</summary>
internal static class Precedence
{
    public static (DateTimeOffset, string) Of(Rollout rollout) => (rollout.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, rollout.Metadata.Name ?? "");

    public static bool IsBefore(Rollout one, Rollout other) => Of(one).CompareTo(Of(other)) < 0;
}
