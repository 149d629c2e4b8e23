using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.Sandbox.Demo.External;

/// <summary>The external clusters that environments of this process use: one life for each, whoever uses it, from the first user to the last.</summary>
internal static class ExternalClusters
{
    private static readonly TimeSpan LongestCleaning = TimeSpan.FromMinutes(2);
    private static readonly SemaphoreSlim Gate = new(1);
    private static readonly Dictionary<string, (ExternalCluster Cluster, int Users)> Entered = [];

    static ExternalClusters() => AppDomain.CurrentDomain.ProcessExit += (_, _) => LeaveAll();

    public static async Task<ExternalCluster> JoinAsync(
        string kubeconfig, KubernetesClientConfiguration server, Kubectl kubectl, string definitions, ClusterLifeMode mode, ClusterLifeOptions life, CancellationToken ct)
    {
        await Gate.WaitAsync(ct);
        try
        {
            var cluster = Entered.TryGetValue(kubeconfig, out var known)
                ? known.Cluster
                : await ExternalCluster.EnterAsync(server, kubectl, definitions, mode, life, ct);
            Entered[kubeconfig] = (cluster, known.Users + 1);
            return cluster;
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task LeaveAsync(string kubeconfig)
    {
        await Gate.WaitAsync();
        try
        {
            if (!Entered.TryGetValue(kubeconfig, out var known)) return;
            Entered[kubeconfig] = known with { Users = known.Users - 1 };
            if (known.Users > 1) return;

            Entered.Remove(kubeconfig);
            using var late = new CancellationTokenSource(LongestCleaning, TimeProvider.System);
            await known.Cluster.LeaveAsync(late.Token);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>The process was asked to end while environments were in use.</summary>
    private static void LeaveAll()
    {
        using var late = new CancellationTokenSource(LongestCleaning, TimeProvider.System);
        foreach (var (_, known) in Entered) Task.Run(() => known.Cluster.LeaveAsync(late.Token)).Wait(LongestCleaning);
        Entered.Clear();
    }
}
