using Sluice.Sandbox.Demo;

namespace Sluice.EndToEnd.Support;

/// <summary>
/// One environment for all tests that leave it as they found it: the operator's process, a real Prometheus, kubectl; on the sandbox's API server, or on the
/// cluster that <c>SLUICE_E2E_KUBECONFIG</c> names.
/// </summary>
public sealed class LiveSandbox : IAsyncLifetime
{
    private SandboxEnvironment? environment;

    public SandboxEnvironment Environment => environment ?? throw new InvalidOperationException("the environment is not started");

    /// <summary>A kubeconfig of a cluster without controllers of its own; null for the sandbox's own API server.</summary>
    public static string? ExternalKubeconfig => System.Environment.GetEnvironmentVariable("SLUICE_E2E_KUBECONFIG") is { Length: > 0 } path ? path : null;

    public async ValueTask InitializeAsync() => environment = await StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (environment is not null) await environment.DisposeAsync();
    }

    public static Task<SandboxEnvironment> StartAsync(CancellationToken ct) =>
        SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions { Kubeconfig = ExternalKubeconfig }, ct);
}

[CollectionDefinition(Name)]
public sealed class LiveSandboxCollection : ICollectionFixture<LiveSandbox>
{
    public const string Name = "live sandbox";
}
