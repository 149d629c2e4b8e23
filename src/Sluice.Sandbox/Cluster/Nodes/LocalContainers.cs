using System.Collections.Concurrent;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>The containers that a node runs as processes of this machine. All of them end with it.</summary>
internal sealed class LocalContainers(TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Pod, int Restarts), LocalContainer> _containers = new();

    /// <summary>The container of this run of the pod; null when it was not started here.</summary>
    public LocalContainer? Find(V1Pod pod, int restarts) => _containers.GetValueOrDefault((pod.Metadata.Uid ?? "", restarts));

    private LocalContainer Start(V1Pod pod, int restarts) => _containers[(pod.Metadata.Uid ?? "", restarts)] = LocalContainer.Start(pod, time);

    /// <summary>The pod's life with what its process does: started when it is time, and its end when it has come.</summary>
    public PodLife Follow(V1Pod pod, PodLife life)
    {
        if (life is not { Behaviour.Runs: true, Stage: PodStage.Running }) return life;
        var container = Find(pod, life.Restarts) ?? Start(pod, life.Restarts);
        return container.End is { } end ? life.Exited(end) : life;
    }

    /// <summary>Ends what still runs of a pod that is gone.</summary>
    public async Task ForgetAsync(string uid)
    {
        foreach (var key in _containers.Keys.Where(key => key.Pod == uid))
        {
            if (_containers.TryRemove(key, out var container)) await container.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var uid in _containers.Keys.Select(key => key.Pod).Distinct()) await ForgetAsync(uid);
    }
}
