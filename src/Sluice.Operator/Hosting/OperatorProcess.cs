using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Hosting;

/// <summary>The process from its options to its exit code.</summary>
internal static class OperatorProcess
{
    public static async Task<int> RunAsync(OperatorOptions options)
    {
        KubernetesClientConfiguration cluster;
        try
        {
            cluster = KubernetesClientConfiguration.Load(options.Kubeconfig, options.Context, TimeProvider.System);
        }
        catch (KubernetesConfigurationException error)
        {
            await Console.Error.WriteLineAsync($"sluice-operator: {Settings.Kubeconfig.Name}: {error.Message}");
            return ExitCode.BadConfiguration;
        }

        using var host = OperatorServices.CreateHost(options, cluster);
        return await RunAsync(host, options, cluster);
    }

    private static async Task<int> RunAsync(IHost host, OperatorOptions options, KubernetesClientConfiguration cluster)
    {
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OperatorProcess));
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        HostingLog.Starting(logger, ProductVersion.Current, options.ToString());
        HostingLog.Connecting(logger, cluster.Server.GetLeftPart(UriPartial.Path));
        if (options.MetricSources.Count == 0) HostingLog.NoMetricSources(logger);
        lifetime.ApplicationStopping.Register(() => HostingLog.Stopping(logger));
        try
        {
            await host.StartAsync(CancellationToken.None);
            await host.WaitForShutdownAsync(CancellationToken.None);
        }
        catch (IOException error)
        {
            HostingLog.CannotStart(logger, error.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            HostingLog.StoppedLate(logger, OperatorServices.ShutdownTimeout);
            return ExitCode.Failure;
        }

        HostingLog.Stopped(logger);
        return CodeOf(host.Services, logger);
    }

    /// <summary>A service that ended by an exception has stopped the host, which would pass for a wish.</summary>
    private static int CodeOf(IServiceProvider services, ILogger logger)
    {
        var failures = services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.ExecuteTask?.Exception).OfType<Exception>().ToList();
        foreach (var failure in failures) HostingLog.Failed(logger, failure);

        var lost = services.GetRequiredService<OperatorService>().LostLeadership;
        return failures.Count > 0 || lost ? ExitCode.Failure : ExitCode.Success;
    }
}
