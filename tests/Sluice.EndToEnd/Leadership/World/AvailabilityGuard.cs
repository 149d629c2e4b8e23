using Sluice.Api;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>Follows the pods of a namespace's Rollout and keeps the lowest number that was ready at any moment.</summary>
internal sealed class AvailabilityGuard : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly Lock gate = new();
    private readonly HashSet<string> ready = [];
    private readonly Task following;
    private int? lowest;

    public AvailabilityGuard(KubernetesClient client, string ns)
    {
        var informers = new InformerFactory(client, [ns]);
        informers.Add(new InformerOptions<V1Pod> { LabelSelector = Labels.Rollout }).Subscribe((old, current) => Observe((V1Pod?)old, (V1Pod?)current));
        following = informers.RunAsync(end.Token);
    }

    /// <summary>Ready pods now.</summary>
    public int Ready
    {
        get
        {
            lock (gate) return ready.Count;
        }
    }

    /// <summary>Since <see cref="Begin"/>.</summary>
    public int Lowest
    {
        get
        {
            lock (gate) return lowest ?? throw new InvalidOperationException("nothing was guarded yet");
        }
    }

    public void Begin()
    {
        lock (gate) lowest ??= ready.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await following;
        end.Dispose();
    }

    private void Observe(V1Pod? old, V1Pod? current)
    {
        var name = (current ?? old)!.Metadata.Name ?? "";
        var isReady = current is { Metadata.DeletionTimestamp: null } && current.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
        lock (gate)
        {
            if (isReady) ready.Add(name);
            else ready.Remove(name);
            if (lowest > ready.Count) lowest = ready.Count;
        }
    }
}
