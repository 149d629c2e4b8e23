using System.Globalization;
using System.Text;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>Renders counters in the Prometheus text format, version 0.0.4. As in real exporters a series appears with its first count.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Render(IReadOnlyList<PodTraffic> pods)
    {
        var text = new StringBuilder();
        text.Append("# HELP http_requests_total Requests served by the simulated pods.\n# TYPE http_requests_total counter\n");
        foreach (var pod in pods)
        {
            AppendCount(text, pod, "200", pod.Successes);
            AppendCount(text, pod, "500", pod.Errors);
        }

        text.Append("# HELP http_request_duration_seconds Durations of the requests served by the simulated pods.\n# TYPE http_request_duration_seconds histogram\n");
        foreach (var pod in pods.Where(pod => pod.Requests > 0)) AppendHistogram(text, pod);
        return text.ToString();
    }

    private static void AppendCount(StringBuilder text, PodTraffic pod, string code, long count)
    {
        if (count == 0) return;
        text.Append("http_requests_total{").Append(Labels(pod)).Append(",code=\"").Append(code).Append("\"} ").Append(count).Append('\n');
    }

    private static void AppendHistogram(StringBuilder text, PodTraffic pod)
    {
        var labels = Labels(pod);
        var cumulated = 0L;
        for (var bucket = 0; bucket < pod.Durations.Count; bucket++)
        {
            cumulated += pod.Durations[bucket];
            var bound = bucket < RequestCounters.Bounds.Count ? RequestCounters.Bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append("http_request_duration_seconds_bucket{").Append(labels).Append(",le=\"").Append(bound).Append("\"} ").Append(cumulated).Append('\n');
        }

        text.Append("http_request_duration_seconds_sum{").Append(labels).Append("} ").Append(pod.DurationSum.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        text.Append("http_request_duration_seconds_count{").Append(labels).Append("} ").Append(cumulated).Append('\n');
    }

    // Names of pods and namespaces need no escaping: they are DNS labels.
    private static string Labels(PodTraffic pod) => $"namespace=\"{pod.Namespace}\",pod=\"{pod.Pod}\"";
}
