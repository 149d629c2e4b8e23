using System.Globalization;
using System.Text.Json;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Models.PodSpecs;
using Sluice.Sandbox.Cluster.Nodes;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>
/// What the pods' simulated traffic costs: <c>cpu</c>, as their annotation <c>sandbox.sluice.dev/cpu-per-request</c> says, beside what their containers request,
/// and <see cref="RequestsPerSecond"/>.
/// </summary>
internal sealed class PodMetrics(TrafficSimulation traffic)
{
    public const string RequestsPerSecond = "http_requests_per_second";

    /// <exception cref="MetricException">The metric is none of these, or a pod requests no processor.</exception>
    public IReadOnlyList<PodSample> Samples(V2MetricSpec metric, string ns, IReadOnlyList<V1Pod> pods)
    {
        var rates = traffic.Rates(ns);
        return [.. pods.Select(pod => Sample(metric, pod, rates.GetValueOrDefault(pod.Metadata.Name ?? "")))];
    }

    /// <summary>The metric as it is, for the autoscaler's status.</summary>
    public static V2MetricStatus Status(V2MetricSpec metric, IReadOnlyList<PodSample> pods)
    {
        List<PodSample> ready = [.. pods.Where(pod => pod.IsReady)];
        var average = ready.Select(pod => pod.Usage).DefaultIfEmpty(0).Average();
        var value = new V2MetricValueStatus { AverageValue = Quantity.Canonical(string.Create(CultureInfo.InvariantCulture, $"{Math.Round(average * 1000)}m")) };
        if (metric.Pods is { } own) return new V2MetricStatus { Type = metric.Type, Pods = new V2PodsMetricStatus { Metric = own.Metric, Current = value } };

        var utilization = metric.Resource?.Target?.AverageUtilization is { } percent && ready.Count > 0 ? (int)(percent * ready.Sum(pod => pod.Usage) / ready.Sum(pod => pod.Target)) : (int?)null;
        return new V2MetricStatus { Type = metric.Type, Resource = new V2ResourceMetricStatus { Name = metric.Resource?.Name, Current = value with { AverageUtilization = utilization } } };
    }

    private static PodSample Sample(V2MetricSpec metric, V1Pod pod, double rate) => metric switch
    {
        { Type: "Resource", Resource: { Name: "cpu", Target: { } target } } => new PodSample(rate * PodBehaviour.Of(pod).CpuPerRequest, CpuTarget(target, pod), pod.IsReady()),
        { Type: "Pods", Pods: { Metric.Name: RequestsPerSecond, Target.AverageValue: { } average } } => new PodSample(rate, Number(average), pod.IsReady()),
        _ => throw new MetricException($"the sandbox measures Resource cpu and Pods {RequestsPerSecond}, and no {metric.Type} {metric.Resource?.Name ?? metric.Pods?.Metric?.Name}".TrimEnd()),
    };

    private static double CpuTarget(V2MetricTarget target, V1Pod pod)
    {
        if (target.AverageValue is { } average) return Number(average);
        var requested = (pod.Spec?.Containers ?? []).Sum(container => Requested(container)
            ?? throw new MetricException($"failed to get cpu utilization: missing request for cpu in container {container.Name} of Pod {pod.Metadata.Name}"));
        return requested * (target.AverageUtilization ?? 100) / 100;
    }

    private static double? Requested(V1Container container) =>
        container.ExtensionData?.TryGetValue("resources", out var resources) == true && resources.ValueKind == JsonValueKind.Object
        && resources.TryGetProperty("requests", out var requests) && requests.ValueKind == JsonValueKind.Object
        && requests.TryGetProperty("cpu", out var cpu)
            ? Number(cpu.ToString())
            : null;

    private static double Number(string quantity) =>
        Quantity.TryParse(quantity, out var value) && value > 0 ? (double)value : throw new MetricException($"{quantity} is no quantity above 0");
}
