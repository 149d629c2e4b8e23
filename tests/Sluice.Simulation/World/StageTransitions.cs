using System.Text.Json.Nodes;

namespace Sluice.Simulation.World;

/// <summary>The declared changes of stage of one release; steps are taken one at a time.</summary>
internal static class StageTransitions
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["none"] = ["Pending"],
        ["Pending"] = ["Expanding", "Starting", "Stepping", "Promoting", "Finishing", "none"],
        ["Expanding"] = ["Starting", "Stepping", "Promoting", "Finishing"],
        ["Starting"] = ["Stepping", "Promoting", "RollingBack"],
        ["Stepping"] = ["Promoting", "RollingBack"],
        ["Promoting"] = ["Soaking", "Finishing", "RollingBack"],
        ["Soaking"] = ["Finishing", "RollingBack"],
        ["RollingBack"] = ["Finishing"],
        ["Finishing"] = ["none"],
    };

    public static void ShouldAllow(JsonNode? before, JsonNode? after)
    {
        var (from, to) = ((string?)before?["stage"] ?? "none", (string?)after?["stage"] ?? "none");
        if (from != to)
        {
            Allowed[from].ShouldContain(to, $"from {from} no way leads to {to}");
            return;
        }

        var (old, next) = ((int?)before?["step"]?["index"], (int?)after?["step"]?["index"]);
        if (old != next) next.ShouldBe(old + 1, "one step at a time");
    }
}
