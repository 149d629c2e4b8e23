using System.Text;

namespace Sluice.Simulation.World;

/// <summary>The manifest of a Rollout as a person would write it, with the parts that scenarios vary.</summary>
internal sealed record RolloutYaml
{
    public string Name { get; init; } = ReleaseWorld.Name;

    public string Image { get; init; } = "registry.example.com/payments:v1";

    public int Replicas { get; init; } = 10;

    public string PodLabels { get; init; } = "{app: payments}";

    public string MaxSurge { get; init; } = "25%";

    public string MaxUnavailable { get; init; } = "0";

    public string? Extra { get; init; }

    /// <summary>Lines under <c>steps:</c>, such as <c>- setWeight: 20</c>.</summary>
    public IReadOnlyList<string> Steps { get; init; } = ["setWeight: 20", "analysis: {minDuration: 30s}", "setWeight: 50", "analysis: {minDuration: 30s}"];

    /// <summary>Simulated behaviour of the pods: annotations of the template.</summary>
    public IReadOnlyDictionary<string, string> Behaviour { get; init; } = new Dictionary<string, string>
    {
        ["sandbox.sluice.dev/requests-per-second"] = "100",
        ["sandbox.sluice.dev/error-rate"] = "0.1%",
        ["sandbox.sluice.dev/ready-after"] = "3s",
    };

    /// <summary>The analysis, as lines under <c>analysis:</c>; null for none.</summary>
    public string? Analysis { get; init; } = """
        interval: 15s
        metrics:
        - name: error-rate
          errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
        """;

    /// <summary>The migration, as lines under <c>migration:</c>; null for none.</summary>
    public string? Migration { get; init; }

    public string? Soak { get; init; }

    /// <summary>The router, as one line under <c>traffic:</c>; null for none.</summary>
    public string? Traffic { get; init; }

    public string ScaleDownDelay { get; init; } = "30s";

    /// <summary>Members of <c>blueGreen:</c> besides steps and delay, instead of a canary; null for a canary.</summary>
    public string? BlueGreen { get; init; }

    /// <summary>How the Deployment <see cref="DeploymentYaml.Name"/> gives way, from which the template is then taken; null for a template of its own.</summary>
    public string? ScaleDown { get; init; }

    public bool Paused { get; init; }

    public RolloutYaml With(string annotation, string value) => this with { Behaviour = new Dictionary<string, string>(Behaviour) { [annotation] = value } };

    public RolloutYaml V(int version) => this with { Image = $"registry.example.com/payments:v{version}" };

    public override string ToString()
    {
        var yaml = new StringBuilder($$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Rollout
            metadata: {name: {{Name}}, namespace: {{ReleaseWorld.Namespace}}}
            spec:
              replicas: {{Replicas}}
              paused: {{(Paused ? "true" : "false")}}

            """.ReplaceLineEndings("\n"));
        if (ScaleDown is null) AppendTemplate(yaml);
        else yaml.Append("  workloadRef: {kind: Deployment, name: ").Append(DeploymentYaml.Name).Append(", scaleDown: ").Append(ScaleDown).Append("}\n");
        AppendStrategy(yaml);
        Section(yaml, "analysis", Analysis);
        Section(yaml, "migration", Migration);
        if (Soak is not null) yaml.Append("  soak: {duration: ").Append(Soak).Append("}\n");
        if (Extra is not null) yaml.Append("  ").Append(Extra.ReplaceLineEndings("\n").Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        return yaml.ToString();
    }

    /// <summary>The template, as a Rollout and a Deployment have it.</summary>
    public void AppendTemplate(StringBuilder yaml)
    {
        yaml.Append("  template:\n    metadata:\n      labels: ").Append(PodLabels).Append("\n      annotations:\n");
        foreach (var (key, value) in Behaviour) yaml.Append("        ").Append(key).Append(": \"").Append(value).Append("\"\n");
        yaml.Append("    spec:\n      containers:\n      - {name: app, image: \"").Append(Image).Append("\"}\n");
    }

    private void AppendStrategy(StringBuilder yaml)
    {
        yaml.Append("  strategy:\n");
        if (BlueGreen is not null) yaml.Append("    blueGreen:\n      ").Append(BlueGreen.Replace(", ", "\n      ", StringComparison.Ordinal)).Append('\n');
        else yaml.Append("    canary:\n      maxSurge: ").Append(Scalar(MaxSurge)).Append("\n      maxUnavailable: ").Append(Scalar(MaxUnavailable)).Append('\n');
        if (Traffic is not null) yaml.Append("      traffic:\n        ").Append(Traffic).Append('\n');
        if (Traffic is not null || BlueGreen is not null) yaml.Append("      scaleDownDelay: ").Append(ScaleDownDelay).Append('\n');
        if (Steps.Count > 0) yaml.Append(BlueGreen is null ? "      steps:\n" : "      prePromotion:\n");
        foreach (var step in Steps) yaml.Append("      - ").Append(step).Append('\n');
    }

    private static void Section(StringBuilder yaml, string name, string? lines)
    {
        if (lines is null) return;

        yaml.Append("  ").Append(name).Append(":\n    ").Append(lines.ReplaceLineEndings("\n").Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
    }

    private static string Scalar(string value) => value.EndsWith('%') ? $"\"{value}\"" : value;
}
