using Microsoft.Extensions.Logging;
using Sluice.Api.Values;
using Sluice.Kubernetes.Leadership;

namespace Sluice.Operator.Hosting.Options;

/// <summary>The options, or everything that is wrong with them.</summary>
public abstract record OptionsLoad
{
    private OptionsLoad() { }

    public sealed record Valid(OperatorOptions Options) : OptionsLoad;

    public sealed record Invalid(IReadOnlyList<string> Problems) : OptionsLoad;
}

/// <summary>Puts the options together from flags, environment, file and defaults.</summary>
internal static class OptionsLoader
{
    private static readonly Dictionary<string, LogFormat> LogFormats = new() { ["json"] = LogFormat.Json, ["text"] = LogFormat.Text };

    private static readonly Dictionary<string, LogLevel> LogLevels = new()
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    /// <summary>Reads and validates everything; the configuration file is the only thing it opens.</summary>
    /// <param name="flags">By the setting's name.</param>
    /// <param name="environment">A variable's value, null when it is not set.</param>
    public static OptionsLoad Load(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment)
    {
        var problems = new List<string>();
        var values = new SettingValues(flags, environment);
        var file = ConfigurationFile.Empty;
        if (values.Find(Settings.Config) is { Text: var path })
        {
            file = ConfigurationFile.Read(path, problems);
            values.AddFile(path, file.Fields);
        }

        var options = Read(new SettingReader(values, problems), file, inPod: environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 });
        if (options.HealthAddress == options.MetricsAddress && options.HealthAddress.Port is > 0)
            problems.Add($"{Settings.HealthAddress.Name} and {Settings.MetricsAddress.Name} are both {options.HealthAddress}: they must differ");

        if (options.LeaderElect) problems.AddRange(LeaseProblems(options));
        return problems.Count == 0 ? new OptionsLoad.Valid(options) : new OptionsLoad.Invalid(problems);
    }

    /// <summary>Timings under which a leader could still write when the next one begins, or would give up before it has tried again.</summary>
    private static IEnumerable<string> LeaseProblems(OperatorOptions options)
    {
        if (options.LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
            yield return $"{Settings.LeaseDuration.Name} {GoDuration.Format(options.LeaseDuration)}: must be whole seconds";
        if (options.RenewDeadline >= options.LeaseDuration)
            yield return $"{Settings.RenewDeadline.Name} {GoDuration.Format(options.RenewDeadline)}: must be shorter than {Settings.LeaseDuration.Name} ({GoDuration.Format(options.LeaseDuration)})";
        if (options.RetryPeriod * LeaderElector.AcquireJitter >= options.RenewDeadline)
            yield return $"{Settings.RetryPeriod.Name} {GoDuration.Format(options.RetryPeriod)}: times {LeaderElector.AcquireJitter}, must be shorter than {Settings.RenewDeadline.Name} ({GoDuration.Format(options.RenewDeadline)})";
    }

    /// <summary>In a pod there are other replicas to agree with, and something that collects JSON; on a person's machine there is neither.</summary>
    private static OperatorOptions Read(SettingReader reader, ConfigurationFile file, bool inPod)
    {
        var defaults = new OperatorOptions();
        var kubeconfig = reader.Text(Settings.Kubeconfig);
        return new OperatorOptions
        {
            Kubeconfig = kubeconfig,
            Context = reader.Text(Settings.Context),
            Namespaces = reader.Namespaces(Settings.Namespace),
            LeaderElect = reader.Switch(Settings.LeaderElect, inPod && kubeconfig is null),
            LeaderElectionNamespace = reader.Namespace(Settings.LeaderElectionNamespace),
            LeaseDuration = reader.Duration(Settings.LeaseDuration, defaults.LeaseDuration, TimeSpan.FromSeconds(1)),
            RenewDeadline = reader.Duration(Settings.RenewDeadline, defaults.RenewDeadline, TimeSpan.FromSeconds(0.5)),
            RetryPeriod = reader.Duration(Settings.RetryPeriod, defaults.RetryPeriod, TimeSpan.FromSeconds(0.1)),
            HealthAddress = reader.Address(Settings.HealthAddress, defaults.HealthAddress),
            MetricsAddress = reader.Address(Settings.MetricsAddress, defaults.MetricsAddress),
            AddressFile = reader.Text(Settings.AddressFile),
            ProgressInterval = reader.Duration(Settings.ProgressInterval, defaults.ProgressInterval, TimeSpan.FromSeconds(1)),
            WatchVerificationInterval = reader.Duration(Settings.WatchVerificationInterval, defaults.WatchVerificationInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            Workers = reader.Number(Settings.Workers, defaults.Workers, 1, 256),
            RequireEnforcedIdentity = reader.Switch(Settings.RequireEnforcedIdentity, defaults.RequireEnforcedIdentity),
            LogFormat = reader.Choice(Settings.LogFormat, inPod ? LogFormat.Json : LogFormat.Text, LogFormats),
            LogLevel = reader.Choice(Settings.LogLevel, defaults.LogLevel, LogLevels),
            OtlpEndpoint = reader.Url(Settings.OtlpEndpoint),
            MetricSources = file.MetricSources,
        };
    }
}
