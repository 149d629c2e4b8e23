namespace Sluice.Sandbox.Tests.Cluster;

/// <summary>The manifests of the scenarios.</summary>
internal static class Manifests
{
    public static string ReplicaSet(string name, int replicas, string annotations = "", int minReadySeconds = 0) => $$"""
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: {{name}}, namespace: default}
        spec:
          replicas: {{replicas}}
          minReadySeconds: {{minReadySeconds}}
          selector: {matchLabels: {app: {{name}} } }
          template:
            metadata: {labels: {app: {{name}} }, annotations: { {{annotations}} } }
            spec: {containers: [{name: app, image: example/app:1}]}
        """;

    public static string Deployment(string name, int replicas, string image = "example/app:1", string annotations = "", string more = "") => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}}, namespace: default}
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {app: {{name}} } }
          {{more}}
          template:
            metadata: {labels: {app: {{name}} }, annotations: { {{annotations}} } }
            spec: {containers: [{name: app, image: {{image}} }]}
        """;

    public static string Job(string name, string annotations = "", string more = "backoffLimit: 0", string restartPolicy = "Never") => $$"""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: {{name}}, namespace: default}
        spec:
          {{more}}
          template:
            metadata: {annotations: { {{annotations}} } }
            spec:
              restartPolicy: {{restartPolicy}}
              containers: [{name: migrate, image: example/migrate:1}]
        """;

    public static string Pod(string name, string annotations = "", string restartPolicy = "Always") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: default, annotations: { {{annotations}} } }
        spec: {restartPolicy: {{restartPolicy}}, containers: [{name: app, image: example/app:1}]}
        """;

    /// <summary>One annotation of a simulated pod in flow style.</summary>
    public static string Behaviour(string name, string value) => $"sandbox.sluice.dev/{name}: \"{value}\"";
}
