using System.CommandLine;
using System.Runtime.InteropServices;
using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Cluster;

namespace Sluice.Sandbox.Hosting;

/// <summary><c>serve</c>: the sandbox until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 picks a free one.", DefaultValueFactory = _ => 0 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Where to write the kubeconfig; a temporary file by default." };
        var bare = new Option<bool>("--without-cluster-life") { Description = "Serve the API alone: no controllers, no node, no pods that run." };
        var metricsPort = new Option<int>("--metrics-port") { Description = "Port of the simulated pods' /metrics on 127.0.0.1; 0 picks a free one." };
        var command = new Command("serve", "Serves an in-memory Kubernetes API until interrupted.") { port, kubeconfig, bare, metricsPort };
        command.SetAction((result, cancellationToken) => RunAsync(
            new SandboxHostOptions { Port = result.GetValue(port), KubeconfigPath = result.GetValue(kubeconfig) },
            result.GetValue(bare) ? null : new ClusterLifeHostOptions { MetricsPort = result.GetValue(metricsPort) },
            result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        SandboxHostOptions options, ClusterLifeHostOptions? life, TextWriter output, CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var cancelled = cancellationToken.Register(() => stop.TrySetResult());
        await using var host = await SandboxHost.StartAsync(options, cancellationToken);
        await using var living = life is null ? null : await StartLifeAsync(host, life, cancellationToken);
        await output.WriteLineAsync($"export KUBECONFIG={host.KubeconfigPath}");
        if (living is not null) await output.WriteLineAsync($"metrics of the simulated pods: {new Uri(living.MetricsAddress, "/metrics")}");
        await output.FlushAsync(cancellationToken);
        await (living is null ? stop.Task : await Task.WhenAny(stop.Task, living.Completion));
        return 0;
    }

    private static Task<ClusterLifeHost> StartLifeAsync(SandboxHost host, ClusterLifeHostOptions options, CancellationToken cancellationToken) =>
        ClusterLifeHost.StartAsync(
            new KubernetesClientConfiguration { Server = host.Address }, options with { ApiServer = new ApiServerHandler(host.ApiServer) }, cancellationToken);
}
