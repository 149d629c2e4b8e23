using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Services;

/// <summary>Lists the pods that a Service's selector finds in one EndpointSlice, <c>&lt;service&gt;-endpoints</c>.</summary>
internal sealed class EndpointSliceReconciler(ClusterLifePorts ports) : IReconciler
{
    private const string Owner = "endpointslice-controller.k8s.io";

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var service = ports.Reader.Get<V1Service>(key);
        if (service is null || service.Metadata.DeletionTimestamp is not null || service.Spec?.Selector is not { Count: > 0 } selector) return ReconcileResult.Success;

        var wanted = Build(service, ports.Reader.List<V1Pod>(key.Namespace, selector));
        var current = ports.Reader.Get<V1EndpointSlice>(NamespacedName.Of(wanted));
        if (current is null)
        {
            await ports.Writer.CreateAsync(wanted, WriteOptions.Default, ct);
        }
        else if (!Same(current, wanted))
        {
            await ports.Writer.UpdateAsync(current with { Endpoints = wanted.Endpoints, Ports = wanted.Ports }, WriteOptions.Default, ct);
        }

        return ReconcileResult.Success;
    }

    /// <summary>The services that a pod is, or was, an endpoint of.</summary>
    public static IEnumerable<NamespacedName> ServicesOf(IClusterReader reader, V1Pod pod) =>
        reader.List<V1Service>(pod.Metadata.Namespace ?? "", new Dictionary<string, string>())
            .Where(service => service.Spec?.Selector is { Count: > 0 } selector && selector.All(label => pod.Metadata.Label(label.Key) == label.Value))
            .Select(service => NamespacedName.Of(service));

    private static V1EndpointSlice Build(V1Service service, IEnumerable<V1Pod> pods)
    {
        var endpoints = pods.Where(pod => !string.IsNullOrEmpty(pod.Status?.PodIP) && !pod.IsTerminal())
            .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).ToList();
        return new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{service.Metadata.Name}-endpoints",
                Namespace = service.Metadata.Namespace,
                Labels = new Dictionary<string, string> { [WellKnown.ServiceName] = service.Metadata.Name ?? "", [WellKnown.EndpointSliceManagedBy] = Owner },
                OwnerReferences = [PodTemplates.ControllerOf(service)],
            },
            AddressType = "IPv4",
            Endpoints = [.. endpoints.Select(EndpointOf)],
            Ports = [.. (service.Spec?.Ports ?? []).Select(port => PortOf(port, endpoints.FirstOrDefault()))],
        };
    }

    private static V1Endpoint EndpointOf(V1Pod pod) => new()
    {
        Addresses = [pod.Status!.PodIP!],
        Conditions = new V1EndpointConditions { Ready = pod.IsReady() && !pod.IsTerminating(), Serving = pod.IsReady(), Terminating = pod.IsTerminating() },
        TargetRef = new V1ObjectReference { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        NodeName = pod.Spec?.NodeName,
    };

    private static V1EndpointPort PortOf(JsonElement port, V1Pod? sample) => new()
    {
        Name = Text(port, "name") ?? "",
        Protocol = Text(port, "protocol") ?? "TCP",
        Port = TargetPort(port, sample),
    };

    /// <summary>A number, the number of the container port of that name, or the Service's own port.</summary>
    private static int? TargetPort(JsonElement port, V1Pod? sample)
    {
        if (port.TryGetProperty("targetPort", out var target))
        {
            if (target.ValueKind == JsonValueKind.Number) return target.GetInt32();
            if (target.ValueKind == JsonValueKind.String) return NamedPort(sample, target.GetString());
        }

        return port.TryGetProperty("port", out var own) && own.ValueKind == JsonValueKind.Number ? own.GetInt32() : null;
    }

    private static int? NamedPort(V1Pod? pod, string? name) => (pod?.Spec?.Containers ?? [])
        .Select(container => container.ExtensionData is { } extra && extra.TryGetValue("ports", out var ports) ? ports : default)
        .Where(ports => ports.ValueKind == JsonValueKind.Array)
        .SelectMany(ports => ports.EnumerateArray())
        .Where(port => Text(port, "name") == name)
        .Select(port => port.TryGetProperty("containerPort", out var number) && number.ValueKind == JsonValueKind.Number ? number.GetInt32() : (int?)null)
        .FirstOrDefault();

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Same(V1EndpointSlice left, V1EndpointSlice right) =>
        (left.Ports ?? []).SequenceEqual(right.Ports ?? [])
        && (left.Endpoints?.Count ?? 0) == (right.Endpoints?.Count ?? 0)
        && (left.Endpoints ?? []).Zip(right.Endpoints ?? []).All(pair => Same(pair.First, pair.Second));

    private static bool Same(V1Endpoint left, V1Endpoint right) =>
        left with { Addresses = [] } == right with { Addresses = [] } && left.Addresses.SequenceEqual(right.Addresses);
}
