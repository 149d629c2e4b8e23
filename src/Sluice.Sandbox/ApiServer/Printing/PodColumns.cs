using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>The columns of pods: what state a pod is in is told by its containers before its phase.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", Ready),
        TableColumn.Text("Status", Status),
        new("Restarts", "string", "", "", 0, Restarts),
        TableColumn.Age,
        TableColumn.Text("IP", pod => pod.Object("status").String("podIP") ?? "<none>", wide: true),
        TableColumn.Text("Node", pod => pod.Object("spec").String("nodeName") ?? "<none>", wide: true),
        TableColumn.Text("Nominated Node", pod => pod.Object("status").String("nominatedNodeName") ?? "<none>", wide: true),
        TableColumn.Text("Readiness Gates", _ => "<none>", wide: true),
    ];

    private static string Ready(JsonObject pod)
    {
        var ready = Statuses(pod, "containerStatuses").Count(status => status.IsTrue("ready"));
        return $"{ready}/{pod.Object("spec").Array("containers")?.Count ?? 0}";
    }

    private static JsonArray Statuses(JsonObject pod, string list) => pod.Object("status").Array(list) ?? [];

    private static string Status(JsonObject pod)
    {
        var status = pod.Object("status");
        var reason = status.String("reason") ?? status.String("phase") ?? "Unknown";
        reason = InitReason(pod) ?? ContainerReason(pod) ?? reason;
        if (!pod.Object("metadata").Has("deletionTimestamp")) return reason;
        return status.String("reason") == "NodeLost" ? "Unknown" : status.String("phase") is "Failed" or "Succeeded" ? reason : "Terminating";
    }

    private static string? InitReason(JsonObject pod)
    {
        var statuses = Statuses(pod, "initContainerStatuses").ToList();
        for (var index = 0; index < statuses.Count; index++)
        {
            var state = statuses[index].Object("state");
            if (state.Object("terminated") is { } ended && ended.Integer("exitCode") == 0) continue;
            if (state.Object("terminated") is { } failed) return "Init:" + (failed.String("reason") ?? $"ExitCode:{failed.Integer("exitCode")}");
            var waiting = state.Object("waiting").String("reason");
            return waiting is { Length: > 0 } and not "PodInitializing" ? "Init:" + waiting : $"Init:{index}/{statuses.Count}";
        }

        return null;
    }

    private static string? ContainerReason(JsonObject pod)
    {
        string? reason = null;
        var running = false;
        foreach (var status in Statuses(pod, "containerStatuses").Reverse())
        {
            var state = status.Object("state");
            if (state.Object("waiting").String("reason") is { Length: > 0 } waiting) reason = waiting;
            else if (state.Object("terminated") is { } ended)
            {
                reason = ended.String("reason") is { Length: > 0 } why ? why : $"ExitCode:{ended.Integer("exitCode")}";
            }
            else if (status.IsTrue("ready") && state.Object("running") is not null) running = true;
        }

        // One container has ended, another still serves.
        return reason == "Completed" && running ? "Running" : reason;
    }

    private static JsonNode Restarts(JsonObject pod, DateTimeOffset now)
    {
        var statuses = Statuses(pod, "containerStatuses").ToList();
        var count = statuses.Sum(status => status.Integer("restartCount") ?? 0);
        var last = statuses
            .Select(status => Timestamps.Parse(status.Object("lastState").Object("terminated").String("finishedAt")))
            .Max();
        return count > 0 && last is { } when ? $"{count} ({HumanDuration.Format(now - when)} ago)" : $"{count}";
    }
}
