using Sluice.Api;
using static Sluice.Simulation.Exhaustive.References.Plans;
using static Sluice.Simulation.World.ChecksYaml;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>Releases that are checked by Jobs.</summary>
internal static class ChecksRuns
{
    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("checks", SmallDeployed, [Apply(Small2 with { Steps = ["setWeight: 50", Step("join: Any", Job("slow", 3600), Job("quick", 3)), Step("", Job("last", 2))] })])
        {
            Expected = world =>
            {
                Ends(2, Outcome.Promoted)(world);
                world.Releases[^1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.Canceled, CheckState.Succeeded, CheckState.Succeeded]);
            },
        },
        new("checks-fail", SmallDeployed, [Apply(Small2 with { Steps = ["setWeight: 50", Step("", Job("slow", 3600), Job("bad", 3, 1))] })])
        {
            Expected = world =>
            {
                Ends(1, Outcome.RolledBack)(world);
                world.Releases[^1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.Canceled, CheckState.Failed]);
            },
        },
    ];
}
