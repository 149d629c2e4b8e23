using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Caching;

/// <summary>What an informer keeps of its kind.</summary>
public sealed record InformerOptions<T>
    where T : class, IKubernetesObject
{
    /// <summary>Only objects that match are cached; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Labels by whose value objects are listed: a list by one of them does not look at the others.</summary>
    public IReadOnlyList<string> IndexedLabels { get; init; } = [];

    /// <summary>Drops what nobody reads before an object is kept; managedFields are gone already. What it drops is missing from updates of cached objects.</summary>
    public Func<T, T> Projection { get; init; } = static item => item;
}

/// <summary>Told of every change of a cached object (null: did not exist, does not exist any more). Must return quickly.</summary>
public delegate void ChangeHandler(IKubernetesObject? old, IKubernetesObject? current);

/// <summary>A watch cache of any kind.</summary>
public interface IInformer
{
    Type EntityType { get; }

    /// <summary>Completes when the first complete state is in the cache.</summary>
    Task Synced { get; }

    int Count { get; }

    /// <summary>Every cached object, in no particular order.</summary>
    IReadOnlyList<IKubernetesObject> Snapshot();

    /// <summary>Registers a handler and tells it, as adds, what is cached already. Dispose to end.</summary>
    IDisposable Subscribe(ChangeHandler handler);
}

/// <summary>The watch cache of a kind.</summary>
public sealed class Informer<T> : IInformer, IReflectorTarget<T>, IVerifiableState<T>
    where T : class, IKubernetesObject
{
    private readonly KubernetesClient client;
    private readonly InformerOptions<T> options;
    private readonly List<ReflectorScope> scopes;
    private readonly Store<T> store;
    private readonly ILogger logger;
    private readonly Lock dispatch = new();
    private readonly List<ChangeHandler> handlers = [];
    private readonly HashSet<ReflectorScope> pending;
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Informer(KubernetesClient client, IReadOnlyList<string> namespaces, InformerOptions<T> options)
    {
        this.client = client;
        this.options = options;
        var everywhere = namespaces.Count == 0 || !KubernetesResource.Of<T>().Namespaced;
        scopes = everywhere
            ? [new ReflectorScope(LabelSelector: options.LabelSelector)]
            : [.. namespaces.Distinct().Select(ns => new ReflectorScope(ns, options.LabelSelector))];
        pending = [.. scopes];
        store = new Store<T>(options.IndexedLabels);
        logger = client.Options.LoggerFactory.CreateLogger<Informer<T>>();
    }

    public Type EntityType => typeof(T);

    public Task Synced => synced.Task;

    public int Count => store.Count;

    public T? Get(NamespacedName key) => store.Get(key);

    /// <summary>The objects of a namespace (of every one when it is empty) that carry all the labels, ordered by name.</summary>
    public IReadOnlyList<T> List(string ns, IReadOnlyDictionary<string, string> labels) => store.List(ns, labels);

    public IReadOnlyList<IKubernetesObject> Snapshot() => store.All();

    public IDisposable Subscribe(ChangeHandler handler)
    {
        lock (dispatch)
        {
            handlers.Add(handler);
            foreach (var item in store.All())
                Tell(handler, null, item);
        }

        return new Subscription(this, handler);
    }

    void IReflectorTarget<T>.Replace(ReflectorScope scope, IReadOnlyCollection<T> items, IReadOnlySet<NamespacedName> unreadable)
    {
        lock (dispatch)
        {
            Publish(store.Replace(scope.Namespace, items, unreadable));
            if (!pending.Remove(scope) || pending.Count > 0)
                return;
        }

        Log.CacheSynced(logger, KubernetesResource.Of<T>().FullName, Count);
        synced.TrySetResult();
    }

    void IReflectorTarget<T>.Upserted(T item)
    {
        lock (dispatch)
        {
            Publish(store.Upsert(item));
        }
    }

    void IReflectorTarget<T>.Deleted(T last)
    {
        lock (dispatch)
        {
            Publish(store.Remove(last));
        }
    }

    Dictionary<NamespacedName, string?> IVerifiableState<T>.Versions(string? ns) => store.Versions(ns);

    string? IVerifiableState<T>.VersionOf(NamespacedName key) => store.Get(key)?.Metadata.ResourceVersion;

    bool IVerifiableState<T>.Correct(NamespacedName key, string? expected, T? current)
    {
        lock (dispatch)
        {
            var known = store.Get(key);
            if (known?.Metadata.ResourceVersion != expected)
                return false;

            var changes = (known, current) switch
            {
                (_, not null) => store.Upsert(current),
                (not null, null) => store.Remove(known),
                _ => [],
            };
            Publish(changes);
            return changes.Count > 0;
        }
    }

    internal IEnumerable<Task> Run(TimeSpan? verificationInterval, CancellationToken ct)
    {
        foreach (var scope in scopes)
        {
            var reflector = new Reflector<T>(client, scope, this, options.Projection);
            yield return reflector.RunAsync(ct);
            if (verificationInterval is { } interval)
                yield return new StateVerifier<T>(client, scope, reflector, this, interval).RunAsync(ct);
        }
    }

    private void Publish(IReadOnlyList<Change<T>> changes)
    {
        foreach (var (old, current) in changes)
        {
            foreach (var handler in handlers)
                Tell(handler, old, current);
        }
    }

    /// <summary>One handler's bug must not stop the cache that all the others live on.</summary>
    private void Tell(ChangeHandler handler, T? old, T? current)
    {
        try
        {
            handler(old, current);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.HandlerFailed(logger, KubernetesResource.Of<T>().FullName, NamespacedName.Of(current ?? old!), error);
        }
    }

    private void Unsubscribe(ChangeHandler handler)
    {
        lock (dispatch)
        {
            handlers.Remove(handler);
        }
    }

    private sealed class Subscription(Informer<T> informer, ChangeHandler handler) : IDisposable
    {
        public void Dispose() => informer.Unsubscribe(handler);
    }
}
