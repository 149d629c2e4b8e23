using Microsoft.Extensions.Logging;
using Sluice.Api.Values;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Leadership;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Hosting.Options;

/// <summary>What the process was told, validated. Nothing in it is a secret: those are in files that it names.</summary>
public sealed class OperatorOptions
{
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    /// <summary>The namespaces to look at; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public bool LeaderElect { get; init; }

    /// <summary>Null for the namespace of the pod or of the kubeconfig's context.</summary>
    public string? LeaderElectionNamespace { get; init; }

    /// <summary>See <see cref="LeaderElectionOptions.LeaseDuration"/>.</summary>
    public TimeSpan LeaseDuration { get; init; } = LeaderElectionOptions.DefaultLeaseDuration;

    /// <summary>See <see cref="LeaderElectionOptions.RenewDeadline"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = LeaderElectionOptions.DefaultRenewDeadline;

    /// <summary>See <see cref="LeaderElectionOptions.RetryPeriod"/>.</summary>
    public TimeSpan RetryPeriod { get; init; } = LeaderElectionOptions.DefaultRetryPeriod;

    public EndpointAddress HealthAddress { get; init; } = EndpointAddress.Any(8081);

    public EndpointAddress MetricsAddress { get; init; } = EndpointAddress.Any(8080);

    public string? AddressFile { get; init; }

    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>See <see cref="InformerFactory.VerificationInterval"/>.</summary>
    public TimeSpan WatchVerificationInterval { get; init; } = TimeSpan.FromMinutes(4);

    public int Workers { get; init; } = 4;

    /// <summary>Decisions count nothing while the API server was not seen to refuse one in somebody else's name.</summary>
    public bool RequireEnforcedIdentity { get; init; }

    public LogFormat LogFormat { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public Uri? OtlpEndpoint { get; init; }

    public IReadOnlyList<MetricSourceOptions> MetricSources { get; init; } = [];

    /// <summary>What is in effect, for the log.</summary>
    public override string ToString()
    {
        IEnumerable<(Setting Setting, object? Value)> shown =
        [
            (Settings.Kubeconfig, Kubeconfig), (Settings.Context, Context), (Settings.Namespace, Namespaces.Count == 0 ? null : string.Join(',', Namespaces)),
            (Settings.LeaderElect, LeaderElect ? "true" : "false"), (Settings.LeaderElectionNamespace, LeaderElectionNamespace),
            (Settings.LeaseDuration, WhenElecting(LeaseDuration)), (Settings.RenewDeadline, WhenElecting(RenewDeadline)), (Settings.RetryPeriod, WhenElecting(RetryPeriod)),
            (Settings.HealthAddress, HealthAddress), (Settings.MetricsAddress, MetricsAddress), (Settings.AddressFile, AddressFile),
            (Settings.ProgressInterval, GoDuration.Format(ProgressInterval)),
            (Settings.WatchVerificationInterval, GoDuration.Format(WatchVerificationInterval)), (Settings.Workers, Workers),
            (Settings.RequireEnforcedIdentity, RequireEnforcedIdentity ? "true" : "false"),
            (Settings.LogFormat, LogFormat.ToString().ToLowerInvariant()), (Settings.LogLevel, LogLevel.ToString().ToLowerInvariant()),
            (Settings.OtlpEndpoint, OtlpEndpoint),
        ];
        var sources = MetricSources.Select(source => source.Name);
        return string.Join(' ', shown.Where(item => item.Value is not null).Select(item => $"{item.Setting.Name}={item.Value}")
            .Append($"{MetricSourcesYaml.Section}=[{string.Join(',', sources)}]"));
    }

    private string? WhenElecting(TimeSpan timing) => LeaderElect ? GoDuration.Format(timing) : null;
}

/// <summary>How log records are written.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
