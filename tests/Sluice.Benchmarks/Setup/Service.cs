using System.Text.Json.Nodes;

namespace Sluice.Benchmarks.Setup;

/// <summary>A Rollout as somebody would write it.</summary>
internal sealed record Service(string Name)
{
    public int Replicas { get; init; } = 1;

    public int Version { get; init; } = 1;

    /// <summary>The canary's steps, as JSON.</summary>
    public string Steps { get; init; } = """[{"setWeight":50}]""";

    /// <summary>The analysis, as JSON.</summary>
    public string? Analysis { get; init; }

    /// <summary>How many Releases are kept; null for as many as by default.</summary>
    public int? ReleaseHistoryLimit { get; init; }

    public string MaxSurge { get; init; } = "100%";

    /// <summary>Of its own, as that of a service is: pod templates that are alike but for it are not the same.</summary>
    public static string Image(string name, int version) => $"registry.example.com/{name}:v{version}";

    public JsonObject ToJson()
    {
        var rollout = JsonNode.Parse($$$"""
            {
              "apiVersion": "sluice.dev/v1alpha1", "kind": "Rollout",
              "metadata": {"name": "{{{Name}}}", "namespace": "{{{Bench.Namespace}}}"},
              "spec": {
                "replicas": {{{Replicas}}},
                "template": {
                  "metadata": {"labels": {"app": "{{{Name}}}"}},
                  "spec": {"containers": [{
                    "name": "app", "image": "{{{Image(Name, Version)}}}", "ports": [{"containerPort": 8080}],
                    "env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "DATABASE", "value": "payments"}],
                    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                    "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}
                  }]}
                },
                "strategy": {"canary": {"maxSurge": "{{{MaxSurge}}}", "maxUnavailable": 0, "steps": {{{Steps}}}}}
              }
            }
            """)!.AsObject();
        if (ReleaseHistoryLimit is { } limit) rollout["spec"]!["releaseHistoryLimit"] = limit;
        if (Analysis is not null) rollout["spec"]!["analysis"] = JsonNode.Parse(Analysis);
        return rollout;
    }
}
