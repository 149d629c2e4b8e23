using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Draws into a plan what its history's features bring.</summary>
internal static class FeaturePlans
{
    /// <summary>The first revision with what all of them have.</summary>
    public static RolloutYaml First(Features features, Random draws, RolloutYaml rollout)
    {
        var window = features.RollbackWindow > 0 ? $"\nrollbackWindow: {features.RollbackWindow}" : "";
        return In(features, draws, rollout with { Extra = rollout.Extra + window, Traffic = features.Route?.Traffic, ScaleDown = features.Workload });
    }

    /// <summary>A plan whose steps have just been drawn.</summary>
    public static RolloutYaml In(Features features, Random draws, RolloutYaml rollout)
    {
        if (features.Steering == Steering.BlueGreen) rollout = Previewed(draws, rollout);
        if (features.IsSteered) rollout = rollout with { ScaleDownDelay = One(draws, "0s", "10s", "30s", "2m") };
        return features.HasChecks && draws.Next(3) > 0 ? Checked(draws, rollout) : rollout;
    }

    private static RolloutYaml Previewed(Random draws, RolloutYaml rollout)
    {
        var preview = draws.Next(2) == 0 ? $", previewReplicas: {draws.Next(1, 9)}" : "";
        var byHand = draws.Next(4) == 0 ? ", autoPromote: false" : "";
        return rollout with
        {
            BlueGreen = RouteYaml.BlueGreen + preview + byHand,
            Steps = [.. rollout.Steps.Where(step => !step.StartsWith("setWeight", StringComparison.Ordinal))],
        };
    }

    private static RolloutYaml Checked(Random draws, RolloutYaml rollout)
    {
        var jobs = Enumerable.Range(0, draws.Next(1, 4)).Select(number => Check(draws, number)).ToArray();
        var join = One(draws, "All", "All", "Any", $"{draws.Next(1, jobs.Length + 1)}");
        var steps = rollout.Steps.ToList();
        steps.Insert(draws.Next(steps.Count + 1), ChecksYaml.Step($"join: {join}, failFast: {One(draws, "true", "false")}, timeout: {One(draws, "30s", "2m")}", jobs));
        return rollout with { Steps = steps };
    }

    /// <summary>Some fail, and some hang for longer than any timeout.</summary>
    private static string Check(Random draws, int number) =>
        ChecksYaml.Job($"check-{number}", draws.Next(8) == 0 ? 3600 : draws.Next(1, 60), draws.Next(6) == 0 ? 1 : 0, draws.Next(2) == 0 ? "all good" : "");

    private static string One(Random draws, params string[] choices) => choices[draws.Next(choices.Length)];
}
