using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>The columns of kinds that run pods.</summary>
internal static class WorkloadColumns
{
    private static readonly IReadOnlyList<TableColumn> Template =
    [
        TableColumn.Text("Containers", value => Containers(value, "name"), wide: true),
        TableColumn.Text("Images", value => Containers(value, "image"), wide: true),
    ];

    private static readonly TableColumn SelectorColumn = TableColumn.Text("Selector", value => BuiltinColumns.Selector(value.Object("spec").Object("selector")), wide: true);

    public static IReadOnlyList<TableColumn> Deployments { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", value => $"{Status(value, "readyReplicas")}/{Spec(value, "replicas")}"),
        TableColumn.Number("Up-to-date", value => Status(value, "updatedReplicas")),
        TableColumn.Number("Available", value => Status(value, "availableReplicas")),
        TableColumn.Age,
        .. Template,
        SelectorColumn,
    ];

    public static IReadOnlyList<TableColumn> Scales { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Number("Desired", value => Spec(value, "replicas")),
        TableColumn.Number("Available", value => Status(value, "replicas")),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> ReplicaSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Number("Desired", value => Spec(value, "replicas")),
        TableColumn.Number("Current", value => Status(value, "replicas")),
        TableColumn.Number("Ready", value => Status(value, "readyReplicas")),
        TableColumn.Age,
        .. Template,
        SelectorColumn,
    ];

    public static IReadOnlyList<TableColumn> StatefulSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", value => $"{Status(value, "readyReplicas")}/{Spec(value, "replicas")}"),
        TableColumn.Age,
        .. Template,
    ];

    public static IReadOnlyList<TableColumn> DaemonSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Number("Desired", value => Status(value, "desiredNumberScheduled")),
        TableColumn.Number("Current", value => Status(value, "currentNumberScheduled")),
        TableColumn.Number("Ready", value => Status(value, "numberReady")),
        TableColumn.Number("Up-to-date", value => Status(value, "updatedNumberScheduled")),
        TableColumn.Number("Available", value => Status(value, "numberAvailable")),
        TableColumn.Text("Node Selector", value => BuiltinColumns.Pairs(value.Object("spec").Object("template").Object("spec").Object("nodeSelector"))),
        TableColumn.Age,
        .. Template,
        SelectorColumn,
    ];

    public static IReadOnlyList<TableColumn> Jobs { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Status", JobStatus),
        TableColumn.Text("Completions", JobCompletions),
        new("Duration", "string", "", "", 0, JobDuration),
        TableColumn.Age,
        .. Template,
        SelectorColumn,
    ];

    public static IReadOnlyList<TableColumn> CronJobs { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Schedule", value => value.Object("spec").String("schedule")),
        TableColumn.Text("Timezone", value => value.Object("spec").String("timeZone") ?? "<none>"),
        TableColumn.Text("Suspend", value => value.Object("spec").IsTrue("suspend") ? "True" : "False"),
        TableColumn.Number("Active", value => value.Object("status").Array("active")?.Count ?? 0),
        new("Last Schedule", "string", "", "", 0, (value, now) =>
            value.Object("status").String("lastScheduleTime") is { } last ? HumanDuration.Since(last, now) : "<none>"),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> ReplicationControllers { get; } = [.. ReplicaSets.Take(5)];

    private static long Spec(JsonObject value, string key) => value.Object("spec").Integer(key) ?? 0;

    private static long Status(JsonObject value, string key) => value.Object("status").Integer(key) ?? 0;

    private static string Containers(JsonObject value, string key) => string.Join(
        ",", (value.Object("spec").Object("template").Object("spec").Array("containers") ?? []).Select(container => container.String(key)));

    private static string JobStatus(JsonObject job)
    {
        var conditions = job.Object("status").Array("conditions") ?? [];
        bool Holds(string type) => conditions.Any(condition => condition.String("type") == type && condition.String("status") == "True");
        if (Holds("Complete")) return "Complete";
        if (Holds("Failed")) return "Failed";
        if (job.Object("metadata").Has("deletionTimestamp")) return "Terminating";
        return Holds("Suspended") ? "Suspended" : Holds("FailureTarget") ? "FailureTarget" : "Running";
    }

    private static string JobCompletions(JsonObject job)
    {
        var succeeded = Status(job, "succeeded");
        if (job.Object("spec").Integer("completions") is { } completions) return $"{succeeded}/{completions}";
        var parallelism = Spec(job, "parallelism");
        return parallelism > 1 ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static JsonNode JobDuration(JsonObject job, DateTimeOffset now)
    {
        if (Timestamps.Parse(job.Object("status").String("startTime")) is not { } start) return "";
        return HumanDuration.Format((Timestamps.Parse(job.Object("status").String("completionTime")) ?? now) - start);
    }
}
