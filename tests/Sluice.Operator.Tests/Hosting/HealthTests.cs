using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;
using Sluice.Operator.Hosting.Health;

namespace Sluice.Operator.Tests.Hosting;

public sealed class HealthTests
{
    private static readonly NamespacedName Key = new("shop", "payments");

    private readonly VirtualTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_reconcile_that_does_not_end_is_found_when_it_is_older_than_any_may_be()
    {
        var watch = new WorkWatch(_time);
        var pending = new TaskCompletionSource<ReconcileResult>();
        var reconcile = new WatchedReconciler("rollout", new Pending(pending.Task), watch).ReconcileAsync(Key, TestContext.Current.CancellationToken);

        _time.Advance(WorkWatch.StuckAfter);
        watch.FindStuck().ShouldBeNull();

        _time.Advance(TimeSpan.FromSeconds(1));
        watch.FindStuck().ShouldBe("reconcile of rollout shop/payments has not ended for 00:20:01");

        pending.SetResult(ReconcileResult.Success);
        await reconcile;
        watch.FindStuck().ShouldBeNull();
    }

    [Fact]
    public async Task A_reconcile_that_fails_is_over()
    {
        var watch = new WorkWatch(_time);
        var failing = new WatchedReconciler("rollout", new Pending(Task.FromException<ReconcileResult>(new InvalidOperationException())), watch);

        await Should.ThrowAsync<InvalidOperationException>(() => failing.ReconcileAsync(Key, TestContext.Current.CancellationToken));

        _time.Advance(WorkWatch.StuckAfter * 2);
        watch.FindStuck().ShouldBeNull();
    }

    private sealed class Pending(Task<ReconcileResult> result) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct) => result;
    }
}
