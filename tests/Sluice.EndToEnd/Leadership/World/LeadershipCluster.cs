using Sluice.EndToEnd.Leadership.World;
using Sluice.EndToEnd.Support;
using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Demo;

[assembly: AssemblyFixture(typeof(LeadershipCluster))]

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>One API server with simulated pods for all scenarios of leadership, each in a namespace of its own; started by the first that needs it.</summary>
public sealed class LeadershipCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private SandboxEnvironment? environment;

    internal async Task<SandboxEnvironment> StartedAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return environment ??= await SandboxEnvironment.StartAsync(
                new SandboxEnvironmentOptions { Kubeconfig = LiveSandbox.ExternalKubeconfig, WithOperator = false, WithPrometheus = false }, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>How the API server itself is reached.</summary>
    internal static KubernetesClientConfiguration ServerOf(SandboxEnvironment environment) => KubernetesClientConfiguration.Load(environment.KubeconfigPath);

    public async ValueTask DisposeAsync()
    {
        if (environment is not null) await environment.DisposeAsync();
        gate.Dispose();
    }
}
