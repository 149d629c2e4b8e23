namespace Sluice.Operator.Metrics.Sources;

/// <summary>A Prometheus (or what speaks its query API) that the operator's administrator configured. Rollouts name it; they never carry URLs.</summary>
public sealed record MetricSourceOptions
{
    /// <summary>The name that a Rollout's <c>analysis.source</c> gives; <c>default</c> is the one that is used when it gives none.</summary>
    public string Name { get; init; } = "default";

    /// <summary>Base address, with a path prefix if need be: <c>https://prometheus.monitoring:9090</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>A file that holds a bearer token; read again when it changes.</summary>
    public string? BearerTokenFile { get; init; }

    public BasicAuthOptions? BasicAuth { get; init; }

    /// <summary>PEM certificates that alone are trusted for this source; names are verified in any case. Read again when it changes.</summary>
    public string? CaFile { get; init; }

    /// <summary>Sent with each request; for example <c>X-Scope-OrgID</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The label that holds a series' Kubernetes namespace.</summary>
    public string NamespaceLabel { get; init; } = "namespace";

    /// <summary>The label that holds a series' pod.</summary>
    public string PodLabel { get; init; } = "pod";

    /// <summary>How often Prometheus scrapes the pods.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For one query, from the first byte sent to the last one read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The namespaces whose Rollouts may use this source; empty: all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>False: counters only (whose namespace matcher the operator adds); true: PromQL of the user's too, which can read everything in the source.</summary>
    public bool AllowQueries { get; init; }

    public bool Allows(string @namespace) => Namespaces.Count == 0 || Namespaces.Contains(@namespace);
}

/// <summary>The password is in a file, which is read again when it changes.</summary>
public sealed record BasicAuthOptions(string Username, string PasswordFile);
