using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Caching;

/// <summary>The informers of a process: one for each kind, whoever reads it.</summary>
/// <param name="client">Lists and watches.</param>
/// <param name="namespaces">The only namespaces to look at; empty for all.</param>
public sealed class InformerFactory(KubernetesClient client, IReadOnlyList<string> namespaces)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Type, (IInformer Informer, Func<TimeSpan?, CancellationToken, IEnumerable<Task>> Run)> informers = [];
    private Task? running;

    /// <summary>The longest time between two comparisons of each cache with the server, by which events are found that a live watch has lost; null for none.</summary>
    public TimeSpan? VerificationInterval { get; init; }

    /// <summary>Declares that a kind is cached.</summary>
    /// <exception cref="InvalidOperationException">The kind is declared already, or the informers run.</exception>
    public Informer<T> Add<T>(InformerOptions<T>? options = null)
        where T : class, IKubernetesObject
    {
        lock (gate)
        {
            if (running is not null)
                throw new InvalidOperationException($"{typeof(T).Name} must be added before the informers run");

            var informer = new Informer<T>(client, namespaces, options ?? new InformerOptions<T>());
            if (!informers.TryAdd(typeof(T), (informer, informer.Run)))
                throw new InvalidOperationException($"{typeof(T).Name} is cached already");

            return informer;
        }
    }

    /// <summary>The informer of a kind.</summary>
    /// <exception cref="InvalidOperationException">The kind was not added.</exception>
    public Informer<T> For<T>()
        where T : class, IKubernetesObject => (Informer<T>)For(typeof(T));

    /// <summary>The informer of a kind.</summary>
    /// <exception cref="InvalidOperationException">The kind was not added.</exception>
    public IInformer For(Type entityType)
    {
        lock (gate)
        {
            return informers.TryGetValue(entityType, out var known)
                ? known.Informer
                : throw new InvalidOperationException($"{entityType.Name} is not cached: add it to the informer factory first");
        }
    }

    /// <summary>
    /// Keeps every cache up to date until cancelled. Once only: a second call returns the task of the first, and its token counts for nothing.
    /// The task fails as soon as one informer does.
    /// </summary>
    public Task RunAsync(CancellationToken ct)
    {
        lock (gate)
        {
            return running ??= RunAllAsync([.. informers.Values.SelectMany(known => known.Run(VerificationInterval, ct))]);
        }
    }

    /// <summary>Waits until every cache holds a complete state.</summary>
    public async Task WaitForSyncAsync(CancellationToken ct)
    {
        Task[] synced;
        lock (gate)
        {
            synced = [.. informers.Values.Select(known => known.Informer.Synced)];
        }

        await Task.WhenAll(synced).WaitAsync(ct);
    }

    private static async Task RunAllAsync(IReadOnlyList<Task> tasks)
    {
        await foreach (var ended in Task.WhenEach(tasks))
            await ended;
    }
}
