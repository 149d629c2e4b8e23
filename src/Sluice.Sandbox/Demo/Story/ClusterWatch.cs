using System.Threading.Channels;
using Sluice.Api;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Demo.Story;

/// <summary>Watches of the demo's own, beside and independent of the operator's: what it shows is what any client sees.</summary>
internal sealed class ClusterWatch : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly NamespacedName _rollout;
    private readonly InformerFactory _informers;
    private readonly List<IDisposable> _subscriptions = [];
    private Task _running = Task.CompletedTask;

    private ClusterWatch(KubernetesClient client, NamespacedName rollout)
    {
        _rollout = rollout;
        _informers = new InformerFactory(client, [rollout.Namespace]);
        Pods = new PodHistory(rollout.Name);
        Watch<Rollout>();
        Watch<Release>();
        Watch<Migration>();
        _subscriptions.Add(_informers.Add<V1Pod>().Subscribe(ObservePod));
    }

    /// <summary>Every change of the Rollout's pods since the watch began.</summary>
    public PodHistory Pods { get; }

    /// <summary>Starts to watch; returns once the present state is known.</summary>
    public static async Task<ClusterWatch> StartAsync(KubernetesClient client, NamespacedName rollout, CancellationToken ct)
    {
        var watch = new ClusterWatch(client, rollout);
        watch._running = watch._informers.RunAsync(watch._stopping.Token);
        await watch._informers.WaitForSyncAsync(ct);
        return watch;
    }

    public Scene Current() => new(
        _informers.For<Rollout>().Get(_rollout),
        _informers.For<Release>().List(_rollout.Namespace, AnyLabels),
        _informers.For<Migration>().List(_rollout.Namespace, AnyLabels),
        [.. _informers.For<V1Pod>().List(_rollout.Namespace, AnyLabels).Where(Pods.Concerns)]);

    /// <summary>Returns at the next change that has not been waited for, or after <paramref name="atMost"/>.</summary>
    public async Task ChangedAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing changed: time for another look at the clock.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }

        _stopping.Dispose();
    }

    private void Watch<T>()
        where T : class, IKubernetesObject => _subscriptions.Add(_informers.Add<T>().Subscribe((_, _) => _changes.Writer.TryWrite(true)));

    private void ObservePod(IKubernetesObject? old, IKubernetesObject? current)
    {
        Pods.Observe((V1Pod?)old, (V1Pod?)current);
        _changes.Writer.TryWrite(true);
    }
}
