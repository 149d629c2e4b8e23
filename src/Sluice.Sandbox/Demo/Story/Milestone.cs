using System.Globalization;
using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Sandbox.Demo.Story;

internal enum MilestoneState
{
    Ahead,
    Present,
    Passed,

    /// <summary>Here it was given up.</summary>
    Failed,
}

/// <summary>One station of a release's way.</summary>
internal sealed record Milestone(string Name, MilestoneState State)
{
    /// <summary>The stations of a plan, and how far a release has come by its timeline.</summary>
    /// <param name="spec">The plan.</param>
    /// <param name="timeline">What the release entered so far; at its end an outcome.</param>
    /// <param name="isFirst">A first deployment takes no steps and has no soak.</param>
    public static IReadOnlyList<Milestone> Of(RolloutSpec spec, IReadOnlyList<TimelineEntry> timeline, bool isFirst)
    {
        var plan = Plan(spec, isFirst).ToList();
        var reached = plan.FindLastIndex(station => timeline.Any(entry => entry.To == station.Entered));
        var outcomes = timeline.Where(entry => Enum.TryParse<Outcome>(entry.To, out _)).Select(entry => entry.To).ToList();
        var isGivenUp = timeline.Any(entry => entry.To == nameof(Stage.RollingBack)) || outcomes.Exists(outcome => outcome != nameof(Outcome.Promoted));
        var last = isGivenUp ? MilestoneState.Failed : outcomes.Count > 0 ? MilestoneState.Passed : MilestoneState.Present;
        return [.. plan.Select((station, i) => new Milestone(station.Name, i < reached ? MilestoneState.Passed : i == reached ? last : MilestoneState.Ahead))];
    }

    private static IEnumerable<(string Name, string Entered)> Plan(RolloutSpec spec, bool isFirst)
    {
        if (spec.Migration is not null) yield return ("migrate", nameof(Stage.Expanding));
        if (!isFirst)
        {
            yield return ("start", nameof(Stage.Starting));
            var steps = spec.Strategy.Canary?.Steps ?? [];
            for (var i = 0; i < steps.Count; i++) yield return (NameOf(steps[i]), $"Step {(i + 1).ToString(CultureInfo.InvariantCulture)}");
        }

        yield return ("promote", nameof(Stage.Promoting));
        if (!isFirst && GoDuration.TryParse(spec.Soak.Duration, out var soak) && soak > TimeSpan.Zero) yield return ("soak", nameof(Stage.Soaking));
    }

    private static string NameOf(CanaryStep step) => step.Kind() switch
    {
        StepKind.SetWeight => $"{step.SetWeight}%",
        StepKind.Pause => "pause",
        StepKind.Analysis => "analyse",
        _ => "?",
    };
}
