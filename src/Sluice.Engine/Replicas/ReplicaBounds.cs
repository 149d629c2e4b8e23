using System.Runtime.InteropServices;

namespace Sluice.Engine.Replicas;

/// <summary>What a pass must keep to while it moves pods from one revision to another.</summary>
/// <param name="MinAvailable">Available pods, all revisions together, that a scale-down must leave.</param>
/// <param name="MaxPods">
/// Pods, all revisions together, that a scale-up may reach. Terminating pods do not count, which is what a Deployment does by default:
/// they are going, and waiting for long terminations would stall every release.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReplicaBounds(int MinAvailable, int MaxPods)
{
    /// <summary>
    /// Bounds where replica counts carry the weight: R − maxUnavailable available, R + maxSurge in all. <c>maxSurge</c> rounds up, <c>maxUnavailable</c>
    /// down; if both come to zero nothing could ever move, so one pod may be unavailable (a Deployment's rule too).
    /// </summary>
    public static ReplicaBounds For(int replicas, CountOrPercent maxSurge, CountOrPercent maxUnavailable)
    {
        var (surge, unavailable) = Resolve(replicas, maxSurge, maxUnavailable);
        return new ReplicaBounds(Math.Max(0, replicas - unavailable), Sum(replicas, surge));
    }

    /// <summary>
    /// Bounds with a router: stable keeps its R pods until the promotion is over, so both sides may be whole at the same time (2R);
    /// <c>maxSurge</c> only decides whether <c>maxUnavailable</c> may be zero.
    /// </summary>
    public static ReplicaBounds ForRouter(int replicas, CountOrPercent maxSurge, CountOrPercent maxUnavailable)
    {
        var (_, unavailable) = Resolve(replicas, maxSurge, maxUnavailable);
        return new ReplicaBounds(Math.Max(0, replicas - unavailable), Sum(replicas, replicas));
    }

    /// <summary><c>maxSurge</c> and <c>maxUnavailable</c> as pods out of <paramref name="replicas"/>; not both zero.</summary>
    public static (int Surge, int Unavailable) Resolve(int replicas, CountOrPercent maxSurge, CountOrPercent maxUnavailable)
    {
        var surge = maxSurge.RoundedUp(replicas);
        var unavailable = maxUnavailable.RoundedDown(replicas);
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    private static int Sum(int replicas, int extra) => (int)Math.Min((long)replicas + extra, int.MaxValue);
}
