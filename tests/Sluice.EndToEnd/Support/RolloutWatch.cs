using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.Demo.Parts;
using Sluice.TestSupport;

namespace Sluice.EndToEnd.Support;

/// <summary>Every state of a namespace's Rollout, by <c>kubectl get --watch</c>, and what kstatus makes of it.</summary>
internal sealed class RolloutWatch : IAsyncDisposable
{
    private const string Marker = "marker";

    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<(long Generation, Kstatus Status)> changes = [];
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;

    private RolloutWatch(Kubectl kubectl, string ns) => reading = ReadAsync(kubectl, ns, stop.Token);

    /// <summary>Each change of what kstatus says of the Rollout <c>payments</c>, with the generation of its spec.</summary>
    public IReadOnlyList<(long Generation, Kstatus Status)> Changes
    {
        get
        {
            lock (gate) return [.. changes];
        }
    }

    /// <summary>Returns once it watches, which another Rollout shows: one that is never released.</summary>
    public static async Task<RolloutWatch> StartAsync(Shop shop)
    {
        var watch = new RolloutWatch(shop.Environment.Kubectl, shop.Namespace);
        await shop.ApplyAsync(new Payments { Name = Marker, Source = "nowhere" }.Measured());
        await watch.begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return watch;
    }

    public async Task UntilAsync(Func<IReadOnlyList<(long Generation, Kstatus Status)>, bool> condition) =>
        (await Shop.EventuallyAsync(() => Task.FromResult(condition(Changes)), TimeSpan.FromMinutes(1))).ShouldBeTrue(string.Join(", ", Changes));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        try
        {
            await reading;
        }
        catch (OperationCanceledException)
        {
            // Asked to.
        }

        stop.Dispose();
    }

    private async Task ReadAsync(Kubectl kubectl, string ns, CancellationToken ct)
    {
        await foreach (var item in kubectl.WatchAsync(["get", "rollouts.sluice.dev", "--watch", "-o", "json", "--namespace", ns], ct))
        {
            begun.TrySetResult();
            if ((string?)item["metadata"]!["name"] == Marker) continue;

            var change = (Generation: long.Parse(item["metadata"]!["generation"]!.ToJsonString()), Status: KstatusRules.Of(item));
            lock (gate)
            {
                if (changes.Count == 0 || changes[^1] != change) changes.Add(change);
            }
        }
    }
}
