using Sluice.EndToEnd.Support;
using Sluice.Sandbox.Demo;

[assembly: AssemblyFixture(typeof(LiveSandbox))]

namespace Sluice.EndToEnd.Support;

/// <summary>
/// One environment for all scenarios, started by the first that needs it: the operator's process, limited to their namespaces, a real Prometheus and kubectl; on
/// the sandbox's API server or on the cluster that is named to us.
/// </summary>
public sealed class LiveSandbox : IAsyncDisposable
{
    /// <summary>More than there are scenarios: an operator must know its namespaces when it starts.</summary>
    private const int Namespaces = 48;

    private readonly SemaphoreSlim gate = new(1);
    private readonly string run = Guid.NewGuid().ToString("N")[..8];
    private SandboxEnvironment? environment;
    private int taken;

    /// <summary>A kubeconfig of a cluster; null for the sandbox's own API server.</summary>
    public static string? ExternalKubeconfig => TestCluster.Kubeconfig;

    /// <summary>An API server and nothing else: no life of its own, and no validation of pods. Known once it is started.</summary>
    public bool IsBare => ExternalKubeconfig is not null && environment?.SimulatedPods is not null;

    public async Task<SandboxEnvironment> StartedAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var namespaces = string.Join(',', Enumerable.Range(1, Namespaces).Select(NameOf));
            return environment ??= await SandboxEnvironment.StartAsync(TestCluster.Options with { OperatorArguments = ["--namespace", namespaces] }, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (environment is not null) await environment.DisposeAsync();
        gate.Dispose();
    }

    /// <summary>A namespace that the operator looks at.</summary>
    internal async Task<Shop> OpenShopAsync(CancellationToken ct)
    {
        var started = await StartedAsync(ct);
        var number = Interlocked.Increment(ref taken);
        number.ShouldBeLessThanOrEqualTo(Namespaces, "there are more scenarios than namespaces: raise their number");
        return await Shop.OpenAsync(started, NameOf(number), ct);
    }

    private string NameOf(int number) => $"sluice-e2e-{run}-{number}";
}
