namespace Sluice.EndToEnd.Support;

/// <summary>The manifest of the Rollout under test.</summary>
internal sealed record Payments
{
    public int Version { get; init; } = 1;

    public string ErrorRate { get; init; } = "0.1%";

    public string RequestsPerSecond { get; init; } = "1000";

    public string ReadyAfter { get; init; } = "200ms";

    public bool Migrates { get; init; }

    public string Steps { get; init; } = "[{setWeight: 20}, {analysis: {minDuration: 1s}}, {setWeight: 50}, {analysis: {minDuration: 1s}}]";

    public override string ToString() => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Rollout
        metadata: {name: payments}
        spec:
          replicas: 5
          progressDeadlineSeconds: 60
          template:
            metadata:
              labels: {app: payments}
              annotations:
                sandbox.sluice.dev/ready-after: {{ReadyAfter}}
                sandbox.sluice.dev/requests-per-second: "{{RequestsPerSecond}}"
                sandbox.sluice.dev/error-rate: "{{ErrorRate}}"
            spec:
              containers:
              - {name: app, image: "registry.example.com/payments:v{{Version}}"}
          strategy:
            canary:
              steps: {{Steps}}
          analysis:
            interval: 1s
            metrics:
            - name: error-rate
              errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
        {{(Migrates ? Migration : "")}}
        """;

    private const string Migration = """
          migration:
            image: registry.example.com/payments-schema:42
            annotations: {sandbox.sluice.dev/duration: 2s, sandbox.sluice.dev/log: applied}
            expand: {command: [./migrate, up], verify: [./migrate, check]}
        """;
}
