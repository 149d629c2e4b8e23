using System.CommandLine;
using System.Runtime.InteropServices;
using Sluice.Kubernetes.Client;

namespace Sluice.Sandbox.Cluster;

/// <summary><c>cluster-life</c>: the controllers of the built-in kinds and a simulated node, against the API server of a kubeconfig.</summary>
internal static class ClusterLifeCommand
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The kubeconfig; KUBECONFIG or ~/.kube/config by default." };
        var context = new Option<string?>("--context") { Description = "The context in it; the current one by default." };
        var metricsPort = new Option<int>("--metrics-port") { Description = "Port of the simulated pods' /metrics on 127.0.0.1; 0 picks a free one." };
        var seed = new Option<int>("--seed") { Description = "Seed of delays and traffic.", DefaultValueFactory = _ => 1 };
        var runs = new Option<bool>("--run-processes") { Description = "Run the commands of pods annotated sandbox.sluice.dev/run=true as processes of this machine, with your rights." };
        var command = new Command("cluster-life", "Runs the built-in controllers and a node of simulated pods against an API server that has none.")
        {
            kubeconfig, context, metricsPort, seed, runs,
        };
        command.SetAction((result, ct) => RunAsync(
            KubernetesClientConfiguration.Load(result.GetValue(kubeconfig), result.GetValue(context)),
            new ClusterLifeHostOptions { MetricsPort = result.GetValue(metricsPort), RunsProcesses = result.GetValue(runs), Life = new ClusterLifeOptions { Seed = result.GetValue(seed) } },
            result.InvocationConfiguration.Output,
            ct));
        return command;
    }

    private static async Task<int> RunAsync(KubernetesClientConfiguration configuration, ClusterLifeHostOptions options, TextWriter output, CancellationToken ct)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var cancelled = ct.Register(() => stop.TrySetResult());
        await using var host = await ClusterLifeHost.StartAsync(configuration, options, ct);
        await output.WriteLineAsync($"metrics of the simulated pods: {new Uri(host.MetricsAddress, "/metrics")}");
        await output.FlushAsync(ct);
        if (await Task.WhenAny(stop.Task, host.Completion) == host.Completion) await host.Completion;
        return 0;
    }
}
