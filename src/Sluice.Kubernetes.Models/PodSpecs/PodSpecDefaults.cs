using System.Text.Json.Nodes;

namespace Sluice.Kubernetes.Models.PodSpecs;

/// <summary>
/// The defaults of a pod's spec, in pods and in the templates of workloads alike, as Kubernetes sets them (pkg/apis/core/v1/defaults.go). A part of another type than it should be reads
/// as absent.
/// </summary>
public static class PodSpecDefaults
{
    // 0644, which JSON can only write in decimal.
    private const int FileMode = 420;

    private static readonly string[] ModedVolumes = ["configMap", "secret", "projected", "downwardAPI"];

    /// <summary>Completes <c>spec.template</c> of a workload.</summary>
    public static void ApplyToTemplate(JsonObject workload)
    {
        if (workload.Object("spec").Object("template").Object("spec") is { } podSpec) Apply(podSpec);
    }

    /// <summary>In a pod, but not in a template, what is limited is asked for as well.</summary>
    public static void RequestLimits(JsonObject podSpec)
    {
        foreach (var resources in Containers(podSpec).Select(container => container.Object("resources")).OfType<JsonObject>())
        {
            foreach (var (name, limit) in resources.Object("limits") ?? [])
            {
                var requests = resources.Ensure("requests");
                if (!requests.ContainsKey(name)) requests[name] = limit?.DeepClone();
            }
        }
    }

    public static void Apply(JsonObject podSpec)
    {
        foreach (var container in Containers(podSpec)) Container(container);

        foreach (var volume in podSpec.Objects("volumes")) Volume(volume);
        podSpec.SetDefault("restartPolicy", "Always");
        podSpec.SetDefault("terminationGracePeriodSeconds", 30);
        podSpec.SetDefault("dnsPolicy", "ClusterFirst");
        podSpec.SetDefault("securityContext", new JsonObject());
        podSpec.SetDefault("schedulerName", "default-scheduler");
        // The old name of the field is kept in step with the new one.
        if (podSpec.String("serviceAccountName") is { } account) podSpec.SetDefault("serviceAccount", account);
        else if (podSpec.String("serviceAccount") is { } old) podSpec["serviceAccountName"] = old;
    }

    /// <summary>Those that are started before the others first.</summary>
    internal static IEnumerable<JsonObject> Containers(JsonObject podSpec) => podSpec.Objects("initContainers").Concat(podSpec.Objects("containers"));

    internal static void Env(JsonObject variable) => variable.Object("valueFrom").Object("fieldRef").SetDefault("apiVersion", "v1");

    private static void Container(JsonObject container)
    {
        container.SetDefault("terminationMessagePath", "/dev/termination-log");
        container.SetDefault("terminationMessagePolicy", "File");
        container.SetDefault("imagePullPolicy", PullPolicy(container.String("image") ?? ""));
        container.Ensure("resources");
        foreach (var port in container.Objects("ports")) port.SetDefault("protocol", "TCP");
        foreach (var probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container.Object(probe) is { } present) Probe(present);
        }

        foreach (var moment in (ReadOnlySpan<string>)["postStart", "preStop"]) HttpGet(container.Object("lifecycle").Object(moment));
        foreach (var variable in container.Objects("env")) Env(variable);
    }

    // A tag that moves is pulled each time.
    private static string PullPolicy(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        var tag = name.Contains('@', StringComparison.Ordinal) ? "digest" : name.Split(':') is [_, var given] ? given : "latest";
        return tag == "latest" ? "Always" : "IfNotPresent";
    }

    private static void Probe(JsonObject probe)
    {
        probe.SetDefault("timeoutSeconds", 1);
        probe.SetDefault("periodSeconds", 10);
        probe.SetDefault("successThreshold", 1);
        probe.SetDefault("failureThreshold", 3);
        HttpGet(probe);
        probe.Object("grpc").SetDefault("service", "");
    }

    private static void HttpGet(JsonObject? handler)
    {
        handler.Object("httpGet").SetDefault("path", "/");
        handler.Object("httpGet").SetDefault("scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        foreach (var source in ModedVolumes) volume.Object(source).SetDefault("defaultMode", FileMode);
        if (volume.Count == 1 && volume.ContainsKey("name")) volume["emptyDir"] = new JsonObject();
        volume.Object("hostPath").SetDefault("type", "");
        foreach (var item in volume.Object("downwardAPI").Objects("items")) item.Object("fieldRef").SetDefault("apiVersion", "v1");
        foreach (var source in volume.Object("projected").Objects("sources"))
        {
            source.Object("serviceAccountToken").SetDefault("expirationSeconds", 3600);
            foreach (var item in source.Object("downwardAPI").Objects("items")) item.Object("fieldRef").SetDefault("apiVersion", "v1");
        }
    }
}
