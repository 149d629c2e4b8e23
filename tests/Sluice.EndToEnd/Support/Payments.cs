using System.Text;

namespace Sluice.EndToEnd.Support;

/// <summary>The manifest of the Rollout under test. What its pods do is said twice: for simulated nodes by annotations, for real ones by commands.</summary>
internal sealed record Payments
{
    private const string Serve = "trap exit TERM; while true; do sleep 1; done";

    public string Name { get; init; } = "payments";

    public int Version { get; init; } = 1;

    public int Replicas { get; init; } = 5;

    /// <summary>What real nodes run; null where they are simulated and any name will do.</summary>
    public string? RealImage { get; init; }

    /// <summary>What is measured decides over the release.</summary>
    public bool IsMeasured { get; init; }

    public string Source { get; init; } = "default";

    public string ErrorRate { get; init; } = "0.1%";

    public string ReadyAfter { get; init; } = "200ms";

    public bool Crashes { get; init; }

    public bool HasNoImage { get; init; }

    /// <summary>Part of the template like any other annotation.</summary>
    public string ConfigHash { get; init; } = "a";

    public string Steps { get; init; } = "[{setWeight: 20}, {setWeight: 50}]";

    /// <summary>In seconds.</summary>
    public int ProgressDeadline { get; init; } = 60;

    public ExpandMigration? Migration { get; init; }

    /// <summary>The router, as it stands after <c>traffic:</c>; null without one.</summary>
    public string? Traffic { get; init; }

    /// <summary>The two Services of blue-green, as they stand within its braces, instead of a canary; null for a canary.</summary>
    public string? BlueGreen { get; init; }

    public string? Soak { get; init; }

    /// <summary>The same, measured and with steps that wait for it.</summary>
    public Payments Measured() => this with
    {
        IsMeasured = true,
        Steps = "[{setWeight: 20}, {analysis: {minDuration: 1s}}, {setWeight: 50}, {analysis: {minDuration: 1s}}]",
    };

    /// <summary>The same, with a canary of a fifth that waits for a person.</summary>
    public Payments Waiting() => this with { Steps = "[{setWeight: 20}, {pause: {}}, {setWeight: 50}]" };

    public override string ToString()
    {
        var yaml = new StringBuilder($$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Rollout
            metadata: {name: {{Name}}}
            spec:
              replicas: {{Replicas}}
              progressDeadlineSeconds: {{ProgressDeadline}}
              template:
                metadata:
                  labels: {app: {{Name}}, version: v{{Version}}}
                  annotations:
                    example.com/config-hash: {{ConfigHash}}
                    sandbox.sluice.dev/ready-after: {{ReadyAfter}}
                    sandbox.sluice.dev/requests-per-second: "1000"
                    sandbox.sluice.dev/error-rate: "{{ErrorRate}}"
                    sandbox.sluice.dev/crash: "{{(Crashes ? "true" : "false")}}"
                    sandbox.sluice.dev/image-pull-error: "{{(HasNoImage ? "true" : "false")}}"
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: app, image: "{{Image}}", command: [sh, -c, "{{(Crashes ? "exit 1" : Serve)}}"]}
              strategy:
                {{Strategy}}

            """);
        if (Traffic is not null) yaml.Append("      traffic: ").Append(Traffic).Append("\n      scaleDownDelay: 2s\n");
        if (Soak is not null) yaml.Append("  soak: {duration: ").Append(Soak).Append("}\n");
        if (IsMeasured)
        {
            yaml.Append($$"""
                  analysis:
                    source: {{Source}}
                    interval: 1s
                    metrics:
                    - name: error-rate
                      errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}

                """);
        }

        return yaml.Append(Migration).ToString();
    }

    private string Strategy => BlueGreen is null ? $"canary:\n      steps: {Steps}" : $"blueGreen: {{{BlueGreen}, scaleDownDelay: 2s, prePromotion: {Steps}}}";

    private string Image => RealImage is null ? $"registry.example.com/{Name}:v{Version}" : HasNoImage ? $"registry.invalid/{Name}:v{Version}" : RealImage;
}
