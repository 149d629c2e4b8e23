using Sluice.Sandbox.Demo.External;

namespace Sluice.Sandbox.Demo;

/// <summary>What runs in a sandbox, and how.</summary>
public sealed record SandboxEnvironmentOptions
{
    /// <summary>Use the cluster of this kubeconfig instead of an API server in memory. It is left as it was found.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Who moves the pods of the cluster of <see cref="Kubeconfig"/>; in memory it is always the sandbox.</summary>
    public ClusterLifeMode ClusterLife { get; init; }

    /// <summary>Pods that ask for it run their command as a process of this machine; in memory only.</summary>
    public bool RunsProcesses { get; init; }

    /// <summary>Without it Rollouts have no metric source. There is none either where no pods are simulated: nobody would count their requests.</summary>
    public bool WithPrometheus { get; init; } = true;

    /// <summary>Metric sources that the operator knows besides <c>default</c>: addresses of Prometheus servers by name.</summary>
    public IReadOnlyDictionary<string, Uri> MetricSources { get; init; } = new Dictionary<string, Uri>();

    public bool WithOperator { get; init; } = true;

    /// <summary>How often Prometheus scrapes the simulated pods.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the operator may write progress figures into a status.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Further flags of the operator, after those that connect it to the sandbox.</summary>
    public IReadOnlyList<string> OperatorArguments { get; init; } = [];

    /// <summary>Of the simulated traffic and the pods' jitter.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the logs of Prometheus and the operator are kept; null puts them into the temporary folder, which goes with the sandbox.</summary>
    public string? LogFolder { get; init; }

    /// <summary>How long each part may take to be ready.</summary>
    public TimeSpan PartDeadline { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Told of each part as it is ready: its name and where it is. Never called twice at a time.</summary>
    public Action<string, string>? Ready { get; init; }
}
