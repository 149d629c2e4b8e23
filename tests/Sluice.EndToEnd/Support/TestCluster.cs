using Sluice.Sandbox.Demo;
using Sluice.Sandbox.Demo.External;

namespace Sluice.EndToEnd.Support;

/// <summary>Where the scenarios run, as the environment says it: docs/testing.md has the variables.</summary>
internal static class TestCluster
{
    /// <summary>A metric source at which nobody answers.</summary>
    public const string DeadSource = "dead";

    /// <summary>The kubeconfig of a cluster; null for the sandbox's own API server.</summary>
    public static string? Kubeconfig => Variable("SLUICE_E2E_KUBECONFIG");

    /// <summary>What containers are made of on real nodes: anything with <c>sh</c>, <c>sleep</c> and <c>echo</c>.</summary>
    public static string Image => Variable("SLUICE_E2E_IMAGE") ?? "docker.io/library/busybox:1.36";

    public static SandboxEnvironmentOptions Options => new()
    {
        Kubeconfig = Kubeconfig,
        ClusterLife = Variable("SLUICE_E2E_CLUSTER_LIFE") is { } mode ? Enum.Parse<ClusterLifeMode>(mode, ignoreCase: true) : ClusterLifeMode.Detect,

        // The discard service: nothing listens there.
        MetricSources = new Dictionary<string, Uri> { [DeadSource] = new("http://127.0.0.1:9") },
    };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
