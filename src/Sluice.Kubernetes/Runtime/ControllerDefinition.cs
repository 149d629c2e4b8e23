using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// A controller as data: what it watches, which keys an object concerns, and who reconciles them. The production
/// <c>ControllerManager</c> and the deterministic runtime of the simulation both run it.
/// </summary>
public sealed record ControllerDefinition
{
    /// <summary>Lower case; a label of the metrics.</summary>
    public required string Name { get; init; }

    public required IReconciler Reconciler { get; init; }

    public required IReadOnlyList<WatchDefinition> Watches { get; init; }

    /// <summary>How many keys may be reconciled at the same time; never one key twice.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>How long a key waits whose reconciles fail.</summary>
    public KeyBackoff Backoff { get; init; } = KeyBackoff.Default;

    /// <summary>Keys that become due from outside the API, such as by a finished measurement; null for none.</summary>
    public IKeySource? Keys { get; init; }
}

/// <summary>Tells keys that are due for a reason outside the API.</summary>
public interface IKeySource
{
    /// <summary>Registers the one listener; called before the controller starts, invoked from any thread.</summary>
    void Subscribe(Action<NamespacedName> due);
}

/// <summary>One watched kind of a controller.</summary>
public abstract record WatchDefinition
{
    public abstract Type EntityType { get; }

    /// <summary>The keys that a change from <paramref name="old"/> to <paramref name="current"/> concerns (null: did not exist, does not exist any more).</summary>
    public abstract IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current);

    /// <summary>The kind itself, by its own key; status-only changes of it do not count unless <paramref name="statusToo"/>.</summary>
    public static WatchDefinition For<T>(bool statusToo = false)
        where T : class, IKubernetesObject =>
        new Typed<T>(static item => [NamespacedName.Of(item)], statusToo ? static (_, _) => true : Predicates.SpecOrMetadataChanged);

    /// <summary>The kind itself, by its own key; of status-only changes those count that <paramref name="orWhen"/> names.</summary>
    /// <param name="orWhen">Told the object as it was and as it is.</param>
    public static WatchDefinition For<T>(Func<T, T, bool> orWhen)
        where T : class, IKubernetesObject =>
        new Typed<T>(static item => [NamespacedName.Of(item)], (old, current) => Predicates.SpecOrMetadataChanged(old, current) || orWhen((T)old!, (T)current!));

    /// <summary>A kind whose objects concern other keys, such as their owner's; every change counts.</summary>
    public static WatchDefinition Mapped<T>(Func<T, IEnumerable<NamespacedName>> map)
        where T : class, IKubernetesObject =>
        new Typed<T>(map, static (_, _) => true);

    /// <summary>Objects of a kind, each concerning the object of the given kind that controls it.</summary>
    public static WatchDefinition Owned<T>(string ownerKind)
        where T : class, IKubernetesObject =>
        Mapped<T>(item => item.Metadata.ControllerOwner() is { } owner && owner.Kind == ownerKind
            ? [new NamespacedName(item.Metadata.Namespace ?? "", owner.Name)]
            : []);

    private sealed record Typed<T>(Func<T, IEnumerable<NamespacedName>> Map, Func<IKubernetesObject?, IKubernetesObject?, bool> Predicate) : WatchDefinition
        where T : class, IKubernetesObject
    {
        public override Type EntityType => typeof(T);

        public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current)
        {
            if (!Predicate(old, current))
            {
                return [];
            }

            var before = old is T oldItem ? Map(oldItem) : [];
            var after = current is T currentItem ? Map(currentItem) : [];
            return before.Union(after);
        }
    }
}
