using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>The columns of HorizontalPodAutoscalers: what they scale, and each metric as it is beside what it is meant to be.</summary>
internal static class AutoscalerColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Reference", value => $"{Target(value).String("kind")}/{Target(value).String("name")}"),
        TableColumn.Text("Targets", Targets),
        TableColumn.Text("MinPods", value => $"{value.Object("spec").Integer("minReplicas") ?? 1}"),
        TableColumn.Number("MaxPods", value => value.Object("spec").Integer("maxReplicas")),
        TableColumn.Number("Replicas", value => value.Object("status").Integer("currentReplicas") ?? 0),
        TableColumn.Age,
    ];

    private static JsonObject? Target(JsonObject autoscaler) => autoscaler.Object("spec").Object("scaleTargetRef");

    private static string Targets(JsonObject autoscaler)
    {
        var metrics = autoscaler.Object("spec").Array("metrics") ?? [];
        var current = autoscaler.Object("status").Array("currentMetrics") ?? [];
        return metrics.Count == 0 ? "<none>" : string.Join(", ", metrics.Select((metric, index) => Metric(metric, current.ElementAtOrDefault(index))));
    }

    private static string Metric(JsonNode? metric, JsonNode? current)
    {
        var source = metric.String("type") == "Pods" ? "pods" : "resource";
        var (target, now) = (metric.Object(source).Object("target"), current.Object(source).Object("current"));
        var text = target.Integer("averageUtilization") is { } percent
            ? $"{(now.Integer("averageUtilization") is { } used ? $"{used}%" : "<unknown>")}/{percent}%"
            : $"{now.String("averageValue") ?? "<unknown>"}/{target.String("averageValue")}";
        return source == "resource" ? $"{metric.Object(source).String("name")}: {text}" : text;
    }
}
