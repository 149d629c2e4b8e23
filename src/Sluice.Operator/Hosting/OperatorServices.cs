using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Sluice.Api;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Events;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Operator.Hosting.Endpoints;
using Sluice.Operator.Hosting.Health;
using Sluice.Operator.Hosting.Logging;
using Sluice.Operator.Hosting.Options;
using Sluice.Operator.Identity;
using Sluice.Operator.Metrics;
using Sluice.Operator.Telemetry;

namespace Sluice.Operator.Hosting;

/// <summary>The composition root: every part of the process, and what it is made from.</summary>
internal static class OperatorServices
{
    /// <summary>Kubernetes kills a pod 30 s after it asked for its end.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>15 s for reconciles, 5 s when they must be cancelled, 3 s for events and 5 s for the lease: 28 s of 30.</summary>
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(15);

    /// <summary>Renewals have connections of their own: they wait behind nobody's lists, and their writes are what opens the gate.</summary>
    private const string ElectionClient = "leader election";

    private const string LeaseName = "sluice-operator";

    /// <summary>The pod's name where the manifest tells it; the host's name is another one in the host's network.</summary>
    private static readonly string InstanceName = Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod ? pod : Environment.MachineName;

    public static IHost CreateHost(OperatorOptions options, KubernetesClientConfiguration cluster)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "sluice-operator" });
        builder.Logging.AddOperatorLogging(options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(BootTimeProvider.ForThisMachine());
        builder.Services.AddTelemetry(ProductVersion.Current, options.OtlpEndpoint);

        // Hosted services start in this order and stop in the opposite one: the work first, then what it measures with, probes last.
        builder.Services.AddHostedService<IdleCollection>();
        AddEndpoints(builder.Services);
        builder.Services.AddMetricSources(options.MetricSources);
        AddCluster(builder.Services, options, cluster);
        AddWork(builder.Services, options, cluster);

        var host = builder.Build();
        host.Services.GetRequiredService<MeterProvider>();
        host.Services.GetRequiredService<ProcessInstruments>();
        return host;
    }

    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddSingleton<WorkWatch>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<EndpointsService>();
    }

    private static void AddCluster(IServiceCollection services, OperatorOptions options, KubernetesClientConfiguration cluster)
    {
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton(provider => CreateClient(provider, options, cluster, inner => new GatedRequests(provider.GetRequiredService<WriteGate>(), inner)));
        services.AddKeyedSingleton(ElectionClient, (provider, _) => CreateClient(provider, options, cluster, wrap: null));
        services.AddSingleton<IKubernetesClient>(provider => provider.GetRequiredService<KubernetesClient>());
        services.AddSingleton(provider => new ClusterCaches(provider.GetRequiredService<KubernetesClient>(), options.Namespaces, options.WatchVerificationInterval));
        services.AddSingleton(provider => provider.GetRequiredService<ClusterCaches>().Informers);
        services.AddSingleton<IClusterReader, CachedClusterReader>();
        services.AddSingleton(provider => options.LeaderElect
            ? WriteGate.ForLeader(provider.GetRequiredService<TimeProvider>())
            : WriteGate.AlwaysOpen(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IClusterWriter, ClusterWriter>();
        services.AddSingleton(provider => new EventRecorder(provider.GetRequiredService<IClusterWriter>(), new EventRecorderOptions
        {
            ReportingController = $"{ApiGroup.Name}/operator",
            ReportingInstance = InstanceName,
            TimeProvider = provider.GetRequiredService<TimeProvider>(),
            LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
            Metrics = provider.GetRequiredService<RuntimeMetrics>(),
        }));
        services.AddSingleton<IEventRecorder>(provider => provider.GetRequiredService<EventRecorder>());
    }

    private static KubernetesClient CreateClient(
        IServiceProvider provider, OperatorOptions options, KubernetesClientConfiguration cluster, Func<HttpMessageHandler, HttpMessageHandler>? wrap) =>
        new(cluster, new KubernetesClientOptions
        {
            TypeInfoResolvers = [ApiJsonContext.Default],
            UserAgent = $"sluice-operator/{ProductVersion.Current}",
            WrapHandler = wrap,
            // What was sent while this process led arrives before another one can lead, or never.
            UndeliveredTimeout = options.LeaderElect ? options.LeaseDuration - options.RenewDeadline : null,
            TimeProvider = provider.GetRequiredService<TimeProvider>(),
            LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
            Metrics = provider.GetRequiredService<RuntimeMetrics>(),
        });

    private static void AddWork(IServiceCollection services, OperatorOptions options, KubernetesClientConfiguration cluster)
    {
        services.AddSingleton(provider => new IdentityTrial(
            provider.GetRequiredService<IClusterWriter>(),
            new IdentityTrialOptions { Namespaces = options.Namespaces.Count > 0 ? options.Namespaces : [cluster.Namespace], IsRequired = options.RequireEnforcedIdentity },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IdentityTrial>>()));
        services.AddSingleton<IIdentityProof>(provider => provider.GetRequiredService<IdentityTrial>());
        services.AddSingleton(provider => new ControllerManager(provider.GetRequiredService<InformerFactory>(), Controllers(provider, options), new ControllerManagerOptions
        {
            FinishWithin = FinishWithin,
            TimeProvider = provider.GetRequiredService<TimeProvider>(),
            LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
            Metrics = provider.GetRequiredService<RuntimeMetrics>(),
            Gate = provider.GetRequiredService<WriteGate>(),
        }));
        services.AddSingleton(provider => new CacheSync(
            provider.GetRequiredService<ClusterCaches>().All,
            cluster.Server,
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CacheSync>>()));
        services.AddSingleton(provider => new OperatorService(
            provider.GetRequiredService<InformerFactory>(),
            provider.GetRequiredService<ControllerManager>(),
            provider.GetRequiredService<EventRecorder>(),
            provider.GetRequiredService<IdentityTrial>(),
            options.LeaderElect ? CreateElector(provider, options, options.LeaderElectionNamespace ?? cluster.Namespace) : null,
            provider.GetRequiredService<CacheSync>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<OperatorService>>()));
        services.AddHostedService(provider => provider.GetRequiredService<OperatorService>());
    }

    private static IReadOnlyList<ControllerDefinition> Controllers(IServiceProvider provider, OperatorOptions options)
    {
        var watch = provider.GetRequiredService<WorkWatch>();
        var definitions = OperatorControllers.Definitions(
            provider.GetRequiredService<IClusterReader>(),
            provider.GetRequiredService<IClusterWriter>(),
            provider.GetRequiredService<IEventRecorder>(),
            provider.GetRequiredService<IMeasurements>(),
            provider.GetRequiredService<IIdentityProof>(),
            new RolloutControllerOptions(options.ProgressInterval),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>());
        return
        [
            .. definitions.Select(definition => definition with
            {
                Reconciler = new WatchedReconciler(definition.Name, definition.Reconciler, watch),
                Workers = options.Workers,
            }),
        ];
    }

    private static LeaderElector CreateElector(IServiceProvider provider, OperatorOptions options, string ns) =>
        new(provider.GetRequiredKeyedService<KubernetesClient>(ElectionClient), provider.GetRequiredService<WriteGate>(), new LeaderElectionOptions
        {
            LeaseNamespace = ns,
            LeaseName = LeaseName,
            // A container that is restarted in its pod is another process, and must not take itself for the one before.
            Identity = $"{InstanceName}_{Guid.NewGuid()}",
            LeaseDuration = options.LeaseDuration,
            RenewDeadline = options.RenewDeadline,
            RetryPeriod = options.RetryPeriod,
            TimeProvider = provider.GetRequiredService<TimeProvider>(),
            LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
            Metrics = provider.GetRequiredService<RuntimeMetrics>(),
        });
}
