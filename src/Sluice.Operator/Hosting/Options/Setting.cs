namespace Sluice.Operator.Hosting.Options;

/// <summary>One thing that can be configured: by a flag, else by an environment variable, else by a field of the configuration file.</summary>
internal sealed record Setting(string Name, string Placeholder, string Description)
{
    /// <summary>A switch may be given without a value, which means true.</summary>
    public bool IsSwitch { get; init; }

    public string Flag => $"--{Name}";

    public string Variable => $"SLUICE_{Name.Replace('-', '_').ToUpperInvariant()}";

    /// <summary>The name in camel case: <c>health-address</c> is <c>healthAddress</c>.</summary>
    public string Field => string.Concat(Name.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}

/// <summary>Everything that can be configured, in the order in which help lists it.</summary>
internal static class Settings
{
    public static readonly Setting Config = new("config", "FILE", "YAML with metricSources, and any other option under its name in camel case.");

    public static readonly Setting Kubeconfig = new("kubeconfig", "FILE",
        "How to reach the cluster. Default: KUBECONFIG, else the pod's service account, else ~/.kube/config.");

    public static readonly Setting Context = new("context", "NAME", "Context of the kubeconfig. Default: its current one.");

    public static readonly Setting Namespace = new("namespace", "NAME", "Only look at this namespace (several: separated by commas). Default: all.");

    public static readonly Setting LeaderElect = new("leader-elect", "true|false",
        "Only work while holding the lease. Default: true in a pod without a kubeconfig, false elsewhere.")
    { IsSwitch = true };

    public static readonly Setting LeaderElectionNamespace = new("leader-election-namespace", "NAME",
        "Where the lease is. Default: the pod's namespace, or that of the context.");

    public static readonly Setting LeaseDuration = new("leader-election-lease-duration", "DURATION",
        "How long after its last renewal a leader's lease lasts: until then nobody takes over from one that is gone. Whole seconds. Default: 15s.");

    public static readonly Setting RenewDeadline = new("leader-election-renew-deadline", "DURATION",
        "How long after its last renewal a leader may write; then it gives up. Shorter than the lease. Default: 10s.");

    public static readonly Setting RetryPeriod = new("leader-election-retry-period", "DURATION", "Between renewals, and between attempts to lead. Default: 2s.");

    public static readonly Setting HealthAddress = new("health-address", "ADDRESS", "Serves /healthz and /readyz; 0 for none. Default: :8081.");

    public static readonly Setting MetricsAddress = new("metrics-address", "ADDRESS", "Serves /metrics; 0 for none. Default: :8080.");

    public static readonly Setting AddressFile = new("address-file", "FILE", "Written with the addresses in use, once they answer: for ports chosen by the system.");

    public static readonly Setting ProgressInterval = new("progress-interval", "DURATION",
        "How often figures that change all the time are brought up to date in a Rollout's status. Default: 60s.");

    public static readonly Setting WatchVerificationInterval = new("watch-verification-interval", "DURATION",
        "How often the caches are compared with the API server, which finds events that a watch has lost: one list of names and versions of each kind. Default: 4m.");

    public static readonly Setting Workers = new("workers", "NUMBER", "How many Rollouts are reconciled at the same time. Default: 4.");

    public static readonly Setting RequireEnforcedIdentity = new("require-enforced-identity", "true|false",
        "Decisions count nothing until the API server was seen to refuse one in somebody else's name. Default: false.")
    { IsSwitch = true };

    public static readonly Setting LogFormat = new("log-format", "json|text", "Default: json in a pod, text elsewhere.");

    public static readonly Setting LogLevel = new("log-level", "trace|debug|info|warning|error", "Default: info.");

    public static readonly Setting OtlpEndpoint = new("otlp-endpoint", "URL", "Sends metrics there by OTLP over gRPC too. Default: nowhere.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Config, Kubeconfig, Context, Namespace, LeaderElect, LeaderElectionNamespace, LeaseDuration, RenewDeadline, RetryPeriod,
        HealthAddress, MetricsAddress, AddressFile, ProgressInterval, WatchVerificationInterval, Workers, RequireEnforcedIdentity, LogFormat, LogLevel, OtlpEndpoint,
    ];
}
