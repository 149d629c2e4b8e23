using System.Globalization;
using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>What a release is to do, read from its record without the engine's help: the promises are not to share its mistakes.</summary>
internal sealed class Plan(Rollout rollout, Release? record)
{
    private readonly CanaryStrategy? canary = (record?.Spec.Strategy ?? rollout.Spec.Strategy).Canary;
    private readonly BlueGreenStrategy? blueGreen = (record?.Spec.Strategy ?? rollout.Spec.Strategy).BlueGreen;

    public Release? Record => record;

    public int Replicas => Math.Max(0, rollout.Spec.Replicas);

    /// <summary>Null for a canary.</summary>
    public BlueGreenStrategy? BlueGreen => blueGreen;

    /// <summary>Without autoPromote a preview's last step waits for a person.</summary>
    public IReadOnlyList<CanaryStep> Steps => canary?.Steps ?? (blueGreen is { AutoPromote: false } ? [.. blueGreen.PrePromotion, new CanaryStep { Pause = new PauseStep() }] : blueGreen?.PrePromotion) ?? [];

    public AnalysisSpec? Analysis => record is null ? rollout.Spec.Analysis : record.Spec.Analysis;

    public bool HasMigration => (record is null ? rollout.Spec.Migration : record.Spec.Migration) is not null;

    public TimeSpan Soak => Span((record is null ? rollout.Spec.Soak : record.Spec.Soak)?.Duration);

    public TimeSpan ProgressDeadline => TimeSpan.FromSeconds(rollout.Spec.ProgressDeadlineSeconds);

    /// <summary>maxSurge rounded up and maxUnavailable rounded down; of two zeros one pod may be unavailable.</summary>
    public (int Surge, int Unavailable) Slack
    {
        get
        {
            if (canary is null) return (Replicas, 0);

            var (surge, unavailable) = ((int)Math.Ceiling(Share(canary.MaxSurge)), (int)Math.Floor(Share(canary.MaxUnavailable)));
            return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
        }
    }

    public int MinAvailable => Math.Max(0, Replicas - Slack.Unavailable);

    /// <summary>With a router stable keeps its pods until the promotion is over.</summary>
    public int MaxPods => IsRouted ? 2 * Replicas : Replicas + Slack.Surge;

    public bool IsRouted => canary?.Traffic is not null || blueGreen is not null;

    /// <summary>The weight while step <paramref name="index"/> is taken: that of the last setWeight up to it.</summary>
    public int WeightAt(int index) => Steps.Take(index + 1).LastOrDefault(step => step.SetWeight is not null)?.SetWeight ?? 0;

    /// <summary>Pods of canary and stable for a weight: with a router the canary's share rounded up beside a whole stable; without, the nearest ratio that R, and with surge R + 1, pods can make; on a tie the larger canary, then fewer pods.</summary>
    public (int Canary, int Stable) Split(int weight)
    {
        if (blueGreen is not null) return (Math.Min(blueGreen.PreviewReplicas ?? Replicas, Replicas), Replicas);
        if (Replicas == 0 || weight == 0) return (0, Replicas);
        if (IsRouted) return ((int)Math.Ceiling(Replicas * weight / 100m), Replicas);
        if (weight == 100) return (Replicas, 0);

        var totals = Slack.Surge > 0 ? new[] { Replicas, Replicas + 1 } : [Replicas];
        var exact = Replicas * weight / 100m;
        return (
            from total in totals
            from pods in new[] { (int)Math.Ceiling(exact), (int)Math.Floor(exact) }
            where (Replicas == 1 && Slack.Surge == 0) || (pods > 0 && pods < total)
            orderby Math.Abs(pods / (decimal)total - weight / 100m), pods descending, total
            select (pods, total - pods)).First();
    }

    public static TimeSpan Span(string? text) => GoDuration.TryParse(text, out var span) ? span : TimeSpan.Zero;

    private decimal Share(IntOrString bound)
    {
        var text = bound.ToString();
        return text.EndsWith('%') ? Replicas * decimal.Parse(text[..^1], CultureInfo.InvariantCulture) / 100 : decimal.Parse(text, CultureInfo.InvariantCulture);
    }
}
