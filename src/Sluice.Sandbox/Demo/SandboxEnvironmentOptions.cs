namespace Sluice.Sandbox.Demo;

/// <summary>What runs in a sandbox, and how.</summary>
public sealed record SandboxEnvironmentOptions
{
    /// <summary>
    /// Use the API server of this kubeconfig instead of an in-memory one: a server without controllers and nodes of its own, since the sandbox's run beside it.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Without it Rollouts have no metric source.</summary>
    public bool WithPrometheus { get; init; } = true;

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
