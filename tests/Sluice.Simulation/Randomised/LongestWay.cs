using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.Randomised;

/// <summary>How long the rest of a release may take once nothing goes wrong any more: the sum of the limits of all that lies before it.</summary>
internal static class LongestWay
{
    /// <summary>For what no plan limits: reconciles, back-offs of failed ones, and garbage.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>From a pod's creation until it is available, and until it is gone; of the pods drawn here.</summary>
    private static readonly TimeSpan PodLife = TimeSpan.FromSeconds(25);

    /// <summary>A Job's pod starts and ends, and its end is seen.</summary>
    private static readonly TimeSpan JobLife = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestContract = TimeSpan.FromMinutes(60);

    /// <summary>Routes and Services are looked at at least every fifteen seconds, and each move waits for the one before it.</summary>
    private static readonly TimeSpan Moves = TimeSpan.FromSeconds(75);

    /// <summary>Of the release in flight; without one, of the time until one begins or none is needed.</summary>
    public static TimeSpan Of(Rollout rollout, IReadOnlyList<Release> releases, DateTimeOffset now)
    {
        if (rollout.Status?.Release is not { } release) return Grace + OfRestart(rollout);

        var record = releases.FirstOrDefault(candidate => candidate.Metadata.Name == release.Name);
        var plan = PlanReader.Read(record is null ? PlanSource.Of(rollout) : PlanSource.Of(record, rollout)).Plan ?? ReleasePlan.Fallback;
        var pods = plan.ProgressDeadline + (PodLife * 2 * Math.Max(1, rollout.Spec.Replicas));
        var left = Grace + pods;
        if (release.Stage <= Stage.Expanding) left += OfPhase(plan.Expand);
        if (release.Stage <= Stage.Starting) left += pods;
        var first = release.Step?.Index ?? 0;
        if (release.Stage <= Stage.Stepping) left += plan.Steps.Skip(first).Select((step, index) => OfStep(step, pods, index == 0 ? release.Step?.Deadline - now : null)).Aggregate(TimeSpan.Zero, (sum, span) => sum + span);
        if (release.Stage <= Stage.Promoting) left += pods;
        if (release.Stage <= Stage.Soaking) left += plan.Soak;
        if (release.Stage <= Stage.Contracting) left += pods + (plan.Traffic?.ScaleDownDelay ?? TimeSpan.Zero) + OfContracts(rollout, releases, plan);
        if (plan.Traffic is { } traffic) left += (2 * traffic.ScaleDownDelay) + Moves;
        return left + OfPhase(plan.Undo) + OfRestart(rollout);
    }

    /// <summary>The release's own contract, and those that earlier ones owe; of one whose Release is gone a Migration alone knows what it runs, which is one of those drawn here.</summary>
    private static TimeSpan OfContracts(Rollout rollout, IReadOnlyList<Release> releases, ReleasePlan plan) =>
        rollout.Status!.OwedContracts
            .Select(owed => releases.FirstOrDefault(candidate => candidate.Metadata.Name == owed.Release))
            .Aggregate(OfPhase(plan.Contract), (sum, owner) => sum + (owner is null ? LongestContract : OfPhase(PlanReader.Read(PlanSource.Of(owner, rollout)).Plan?.Contract)));

    /// <summary>Each pod comes and goes once more, one after the other at worst.</summary>
    private static TimeSpan OfRestart(Rollout rollout) =>
        rollout.Spec.RestartAt is { } at && !(rollout.Status?.Restart is { FinishedAt: not null } done && done.At == at) ? PodLife * 3 * Math.Max(1, rollout.Spec.Replicas) : TimeSpan.Zero;

    private static TimeSpan OfStep(PlanStep step, TimeSpan pods, TimeSpan? rest) => step switch
    {
        PlanStep.SetWeight => pods,
        PlanStep.Pause { Duration: { } duration } => rest ?? duration,
        PlanStep.Analysis analysis => rest ?? (analysis.MaxDuration > analysis.MinDuration ? analysis.MaxDuration : analysis.MinDuration),
        PlanStep.Checks checks => checks.Timeout + checks.Timeout + JobLife,
        _ => TimeSpan.Zero,
    };

    /// <summary>
    /// Command and verification of every attempt with the back-off before it, and the same once more where another one holds the lock; what does not fail its release waits
    /// for its lock besides, and for pods, for as long as it may.
    /// </summary>
    private static TimeSpan OfPhase(PhasePlan? phase)
    {
        if (phase is null) return TimeSpan.Zero;

        var attempts = Enumerable.Range(0, phase.Retries + 1).Select(attempt => (2 * (phase.Timeout + JobLife)) + TimeSpan.FromSeconds(attempt == 0 ? 0 : Math.Min(360, 10 << (attempt - 1))));
        return (phase.Phase == MigrationPhase.Expand ? TimeSpan.Zero : phase.LockTimeout) + 2 * attempts.Aggregate(TimeSpan.Zero, (sum, span) => sum + span);
    }
}
