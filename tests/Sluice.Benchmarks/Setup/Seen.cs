using System.Text.Json.Nodes;

namespace Sluice.Benchmarks.Setup;

/// <summary>What a Rollout's status says.</summary>
internal static class Seen
{
    /// <summary>Whether the operator has taken in the present spec and released it.</summary>
    public static bool IsHealthy(JsonObject? rollout) =>
        rollout?["status"] is { } status && (string?)status["phase"] == "Healthy" && status["release"] is null && (long?)status["observedGeneration"] == (long?)rollout["metadata"]!["generation"];

    public static string? Stage(JsonObject? rollout) => (string?)rollout?["status"]?["release"]?["stage"];
}
