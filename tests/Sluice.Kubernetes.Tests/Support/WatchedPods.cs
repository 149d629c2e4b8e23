using System.Collections.Concurrent;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A watch cache of pods, and what it told.</summary>
public sealed class WatchedPods(KubernetesClient client, VirtualTimeProvider time, params IReadOnlyList<string> namespaces) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> changes = new();
    private Task running = Task.CompletedTask;

    public Informer<V1Pod> Informer { get; private set; } = null!;

    /// <summary>Adds as <c>+name@version</c>, deletes as <c>-name@version</c>, updates as <c>name@old&gt;new</c>.</summary>
    public IReadOnlyCollection<string> Changes => changes;

    public bool Synced => Informer.Synced.IsCompletedSuccessfully;

    public Task Running => running;

    public static string Describe(IKubernetesObject? old, IKubernetesObject? current) => (old, current) switch
    {
        (null, { } added) => $"+{added.Metadata.Name}@{added.Metadata.ResourceVersion}",
        ({ } deleted, null) => $"-{deleted.Metadata.Name}@{deleted.Metadata.ResourceVersion}",
        _ => $"{current!.Metadata.Name}@{old!.Metadata.ResourceVersion}>{current.Metadata.ResourceVersion}",
    };

    public void Start(InformerOptions<V1Pod>? options = null, TimeSpan? verificationInterval = null)
    {
        var informers = new InformerFactory(client, namespaces) { VerificationInterval = verificationInterval };
        Informer = informers.Add(options);
        Informer.Subscribe((old, current) => changes.Enqueue(Describe(old, current)));
        running = informers.RunAsync(stop.Token);
    }

    public async Task ShouldTell(params string[] expected)
    {
        await Eventually.True(() => changes.Count >= expected.Length, $"{expected.Length} changes");
        changes.ShouldBe(expected);
    }

    public Task<TimeSpan> Advancing(Func<bool> condition, string what, TimeSpan? step = null) => Eventually.Advancing(time, condition, what, step);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }
}
