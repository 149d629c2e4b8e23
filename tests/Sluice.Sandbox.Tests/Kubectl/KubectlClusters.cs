using System.Collections.Concurrent;
using Sluice.Sandbox.Tests.Kubectl;

[assembly: AssemblyFixture(typeof(KubectlClusters))]

namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>A sandbox for each version of kubectl, started when its first test wants it.</summary>
public sealed class KubectlClusters : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<KubectlCluster>>> _clusters = new();
    private int _users;

    /// <summary>Someone with that version of kubectl, in a namespace of their own.</summary>
    internal async Task<KubectlUser> UserAsync(string version)
    {
        var cluster = await _clusters.GetOrAdd(version, static key => new Lazy<Task<KubectlCluster>>(() => KubectlCluster.StartAsync(KubectlBinary.Of(key)))).Value;
        return cluster.Enter($"user-{Interlocked.Increment(ref _users)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters.Values) await (await cluster.Value).DisposeAsync();
    }
}
