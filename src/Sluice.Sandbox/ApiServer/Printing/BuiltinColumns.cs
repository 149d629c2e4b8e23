using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Selectors;

namespace Sluice.Sandbox.ApiServer.Printing;

/// <summary>The columns of built-in kinds as users of kubectl know them.</summary>
internal static class BuiltinColumns
{
    private const string None = "<none>";
    private const string Unset = "<unset>";

    public static IReadOnlyList<TableColumn> NameAndAge { get; } = [TableColumn.ObjectName, TableColumn.Age];

    public static IReadOnlyList<TableColumn> Namespaces { get; } =
        [TableColumn.ObjectName, TableColumn.Text("Status", value => value.Object("status").String("phase")), TableColumn.Age];

    public static IReadOnlyList<TableColumn> ConfigMaps { get; } =
        [TableColumn.ObjectName, Count("Data", value => (value.Object("data")?.Count ?? 0) + (value.Object("binaryData")?.Count ?? 0)), TableColumn.Age];

    public static IReadOnlyList<TableColumn> Secrets { get; } =
    [
        TableColumn.ObjectName, TableColumn.Text("Type", value => value.String("type")), Count("Data", value => value.Object("data")?.Count ?? 0), TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> ServiceAccounts { get; } =
        [TableColumn.ObjectName, Count("Secrets", value => value.Array("secrets")?.Count ?? 0), TableColumn.Age];

    public static IReadOnlyList<TableColumn> Nodes { get; } =
    [
        TableColumn.ObjectName, TableColumn.Text("Status", NodeStatus), TableColumn.Text("Roles", NodeRoles), TableColumn.Age,
        TableColumn.Text("Version", value => value.Object("status").Object("nodeInfo").String("kubeletVersion")),
        TableColumn.Text("Internal-IP", value => NodeAddress(value, "InternalIP"), wide: true),
        TableColumn.Text("External-IP", value => NodeAddress(value, "ExternalIP"), wide: true),
        TableColumn.Text("OS-Image", value => NodeInfo(value, "osImage"), wide: true),
        TableColumn.Text("Kernel-Version", value => NodeInfo(value, "kernelVersion"), wide: true),
        TableColumn.Text("Container-Runtime", value => NodeInfo(value, "containerRuntimeVersion"), wide: true),
    ];

    public static IReadOnlyList<TableColumn> Services { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Type", value => value.Object("spec").String("type")),
        TableColumn.Text("Cluster-IP", value => value.Object("spec").String("clusterIP") ?? None),
        TableColumn.Text("External-IP", ExternalAddress),
        TableColumn.Text("Port(s)", ServicePorts),
        TableColumn.Age,
        TableColumn.Text("Selector", value => Pairs(value.Object("spec").Object("selector")), wide: true),
    ];

    public static IReadOnlyList<TableColumn> Ingresses { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Class", value => value.Object("spec").String("ingressClassName") ?? value.Object("metadata").Object("annotations").String("kubernetes.io/ingress.class") ?? None),
        TableColumn.Text("Hosts", value => string.Join(",", (value.Object("spec").Array("rules") ?? []).Select(rule => rule.String("host")).OfType<string>()) is { Length: > 0 } hosts ? hosts : "*"),
        TableColumn.Text("Address", value => string.Join(",", (value.Object("status").Object("loadBalancer").Array("ingress") ?? []).Select(address => address.String("ip") ?? address.String("hostname")))),
        TableColumn.Text("Ports", value => value.Object("spec").Array("tls") is { Count: > 0 } ? "80, 443" : "80"),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> Endpoints { get; } =
        [TableColumn.ObjectName, TableColumn.Text("Endpoints", EndpointAddresses), TableColumn.Age];

    public static IReadOnlyList<TableColumn> EndpointSlices { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("AddressType", value => value.String("addressType")),
        TableColumn.Text("Ports", value => Join(value.Array("ports")?.Select(port => $"{port.Integer("port")}"))),
        TableColumn.Text("Endpoints", value => Join((value.Array("endpoints") ?? []).SelectMany(e => e.Array("addresses") ?? []).Select(a => a.AsText() ?? ""))),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> Events(bool core)
    {
        var (last, message, regarding) = core ? ("lastTimestamp", "message", "involvedObject") : ("deprecatedLastTimestamp", "note", "regarding");
        return
        [
            new("Last Seen", "string", "", "", 0, (value, now) => HumanDuration.Since(LastSeen(value, last), now)),
            TableColumn.Text("Type", value => value.String("type")),
            TableColumn.Text("Reason", value => value.String("reason")),
            TableColumn.Text("Object", value => $"{value.Object(regarding).String("kind")?.ToLowerInvariant()}/{value.Object(regarding).String("name")}"),
            TableColumn.Text("Subobject", value => value.Object(regarding).String("fieldPath"), wide: true),
            TableColumn.Text("Source", value => Reporter(value, core), wide: true),
            TableColumn.Text("Message", value => value.String(message)?.Trim()),
            new("First Seen", "string", "", "", 1, (value, now) => HumanDuration.Since(FirstSeen(value, core), now)),
            new("Count", "integer", "", "", 1, (value, _) => Times(value, core)),
            new("Name", "string", "name", "", 1, (value, _) => value.Name()),
        ];
    }

    public static IReadOnlyList<TableColumn> Leases { get; } =
        [TableColumn.ObjectName, TableColumn.Text("Holder", value => value.Object("spec").String("holderIdentity")), TableColumn.Age];

    public static IReadOnlyList<TableColumn> DisruptionBudgets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Min Available", value => Plain(value.Object("spec")?["minAvailable"]) ?? "N/A"),
        TableColumn.Text("Max Unavailable", value => Plain(value.Object("spec")?["maxUnavailable"]) ?? "N/A"),
        TableColumn.Number("Allowed Disruptions", value => value.Object("status").Integer("disruptionsAllowed") ?? 0),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> Definitions { get; } =
        [TableColumn.ObjectName, new("Created At", "date", "", TableColumn.CreatedDescription, 0, (value, _) => value.Object("metadata").String("creationTimestamp"))];

    public static TableColumn Count(string name, Func<JsonObject, long> count) => new(name, "string", "", "", 0, (value, _) => $"{count(value)}");

    public static string Pairs(JsonObject? labels) =>
        labels is { Count: > 0 } ? string.Join(",", labels.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value.AsText()}")) : None;

    public static string Selector(JsonObject? selector) =>
        LabelSelector.FromSpec(selector).ToString() is { Length: > 0 } text ? text : None;

    private static string? Plain(JsonNode? node) => node.AsText() ?? node?.ToJsonString();

    private static string Join(IEnumerable<string>? parts)
    {
        var list = parts?.ToList() ?? [];
        return list.Count switch
        {
            0 => None,
            <= 3 => string.Join(",", list),
            _ => $"{string.Join(",", list.Take(3))} + {list.Count - 3} more...",
        };
    }

    private static string NodeStatus(JsonObject node)
    {
        var ready = (node.Object("status").Array("conditions") ?? []).FirstOrDefault(condition => condition.String("type") == "Ready");
        var text = ready is null ? "Unknown" : ready.String("status") == "True" ? "Ready" : "NotReady";
        return node.Object("spec").IsTrue("unschedulable") ? text + ",SchedulingDisabled" : text;
    }

    private static string NodeRoles(JsonObject node)
    {
        const string prefix = "node-role.kubernetes.io/";
        var roles = (node.Object("metadata").Object("labels") ?? [])
            .Where(label => label.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(label => label.Key[prefix.Length..]).ToList();
        return roles.Count > 0 ? string.Join(",", roles) : None;
    }

    private static string NodeAddress(JsonObject node, string type) =>
        (node.Object("status").Array("addresses") ?? []).FirstOrDefault(address => address.String("type") == type).String("address") ?? None;

    private static string NodeInfo(JsonObject node, string key) => node.Object("status").Object("nodeInfo").String(key) ?? "<unknown>";

    private static string ExternalAddress(JsonObject service)
    {
        var type = service.Object("spec").String("type");
        if (type == "ExternalName") return service.Object("spec").String("externalName") ?? None;
        return type == "LoadBalancer" ? "<pending>" : None;
    }

    private static string ServicePorts(JsonObject service) => string.Join(",", (service.Object("spec").Array("ports") ?? []).Select(port =>
        port.Integer("nodePort") is { } node ? $"{port.Integer("port")}:{node}/{port.String("protocol")}" : $"{port.Integer("port")}/{port.String("protocol")}"))
        is { Length: > 0 } text ? text : None;

    private static string EndpointAddresses(JsonObject endpoints) => Join((endpoints.Array("subsets") ?? []).SelectMany(subset =>
        (subset.Array("addresses") ?? []).SelectMany(address => (subset.Array("ports") ?? []).Select(port => $"{address.String("ip")}:{port.Integer("port")}"))));

    private static string? LastSeen(JsonObject value, string last) =>
        value.Object("series").String("lastObservedTime") ?? value.String(last) ?? value.String("eventTime") ?? value.Object("metadata").String("creationTimestamp");

    private static string? FirstSeen(JsonObject value, bool core) =>
        value.String(core ? "firstTimestamp" : "deprecatedFirstTimestamp") ?? value.String("eventTime") ?? value.Object("metadata").String("creationTimestamp");

    private static long Times(JsonObject value, bool core) =>
        value.Object("series").Integer("count") ?? value.Integer(core ? "count" : "deprecatedCount") ?? 1;

    private static string? Reporter(JsonObject value, bool core) =>
        value.Object(core ? "source" : "deprecatedSource").String("component") ?? value.String(core ? "reportingComponent" : "reportingController") ?? Unset;
}
