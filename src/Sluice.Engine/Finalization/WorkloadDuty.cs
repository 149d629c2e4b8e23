using Sluice.Engine.Releases;

namespace Sluice.Engine.Finalization;

/// <summary>A Deployment that has given way gets its pods back, and they are available, before the Rollout's go.</summary>
internal sealed class WorkloadDuty(Adoption adoption, TimeSpan patience) : IDuty
{
    public bool IsOwed => adoption.OwesHandBack;

    public bool IsDone => adoption.HandBack() is null;

    public bool IsWaiting => adoption.HandBack() is ([], _);

    /// <summary>As long as any pods are waited for.</summary>
    public TimeSpan Patience => patience;
}
