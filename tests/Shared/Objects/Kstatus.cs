using System.Text.Json.Nodes;

namespace Sluice.TestSupport;

/// <summary>What tools that follow kstatus (Flux, Helm 4, kpt) make of an object.</summary>
public enum Kstatus
{
    InProgress,
    Current,
    Failed,
    Terminating,
}

/// <summary>
/// The rules of kstatus for custom resources, in their order (https://pkg.go.dev/sigs.k8s.io/cli-utils/pkg/kstatus): deletion, observedGeneration, the first of
/// Reconciling and Stalled that is True, Ready; what has none of these is Current.
/// </summary>
public static class KstatusRules
{
    public static Kstatus Of(JsonNode item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item["metadata"]?["deletionTimestamp"] is not null) return Kstatus.Terminating;
        if (item["status"]?["observedGeneration"] is { } observed && observed.ToJsonString() != item["metadata"]?["generation"]?.ToJsonString()) return Kstatus.InProgress;

        var conditions = item["status"]?["conditions"]?.AsArray() ?? [];
        foreach (var condition in conditions.Where(IsTrue))
        {
            if (TypeOf(condition) == "Reconciling") return Kstatus.InProgress;
            if (TypeOf(condition) == "Stalled") return Kstatus.Failed;
        }

        return conditions.FirstOrDefault(condition => TypeOf(condition) == "Ready") is not { } ready || IsTrue(ready) ? Kstatus.Current : Kstatus.InProgress;
    }

    private static string? TypeOf(JsonNode? condition) => (string?)condition?["type"];

    private static bool IsTrue(JsonNode? condition) => (string?)condition?["status"] == "True";
}
