namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>What users write into files.</summary>
internal static class Manifests
{
    public static string ConfigMap(string name, string value, string labels = "") =>
        $$$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{{name}}}{{{(labels.Length == 0 ? "" : $", labels: {{ {labels} }}")}}}}
        data: {k: "{{{value}}}"}

        """;

    public static string Deployment(string name, int replicas = 2) =>
        $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{{name}}}, labels: {app: {{{name}}}}}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: {{{name}}}}}
          template:
            metadata: {labels: {app: {{{name}}}}}
            spec:
              containers:
              - {name: main, image: "web:1", env: [{name: A, value: "1"}]}
              - {name: side, image: "side:1"}

        """;

    public static string Rollout(string name, int replicas = 3, string image = "pay:1") =>
        $$$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: {{{name}}}}
        spec:
          replicas: {{{replicas}}}
          template:
            metadata: {labels: {app: {{{name}}}}}
            spec: {containers: [{name: app, image: "{{{image}}}"}]}
          strategy: {canary: {steps: [{setWeight: 20}]}}

        """;

    public static string Pod(string name, string annotations = "") =>
        $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}, labels: {app: {{{name}}}}, annotations: { {{{annotations}}} }}
        spec: {containers: [{name: main, image: "web:1"}]}

        """;

    public static string Job(string name, string annotations = "") =>
        $$$"""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: {{{name}}}}
        spec:
          template:
            metadata: {annotations: { {{{annotations}}} }}
            spec: {restartPolicy: Never, containers: [{name: main, image: "web:1"}]}

        """;
}
