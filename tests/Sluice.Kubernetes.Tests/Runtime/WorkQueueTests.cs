using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Runtime;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly NamespacedName A = new("shop", "a");
    private static readonly NamespacedName B = new("shop", "b");

    private readonly VirtualTimeProvider time = new();
    private readonly WorkQueue queue;

    public WorkQueueTests() => queue = new WorkQueue("test", time);

    public void Dispose() => queue.Dispose();

    [Fact]
    public async Task A_key_waits_once_however_often_it_is_added()
    {
        queue.Add(A);
        queue.Add(B);
        queue.Add(A);

        (await Take()).ShouldBe(A);
        (await Take()).ShouldBe(B);
        Waiting().ShouldBe(0);
    }

    [Fact]
    public async Task A_key_is_never_with_two_workers_and_comes_again_when_added_meanwhile()
    {
        queue.Add(A);
        await Take();
        queue.Add(A);
        queue.Add(A);
        using var nobody = new CancellationTokenSource();
        var second = queue.TakeAsync(nobody.Token);
        second.IsCompleted.ShouldBeFalse();

        queue.Done(A);

        (await second).ShouldBe(A);
        queue.Done(A);
        Waiting().ShouldBe(0);
    }

    [Fact]
    public async Task A_delayed_key_keeps_its_earliest_time()
    {
        queue.AddAfter(A, TimeSpan.FromSeconds(10));
        queue.AddAfter(A, TimeSpan.FromSeconds(3));
        queue.AddAfter(A, TimeSpan.FromSeconds(20));

        time.Advance(TimeSpan.FromSeconds(2.999));
        Waiting().ShouldBe(0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await Take()).ShouldBe(A);
        queue.Done(A);

        time.Advance(TimeSpan.FromSeconds(60));
        Waiting().ShouldBe(0);
    }

    [Fact]
    public async Task Keys_that_are_due_at_one_time_come_in_the_order_in_which_they_were_asked_for()
    {
        NamespacedName[] keys = [.. Enumerable.Range(0, 8).Select(number => new NamespacedName("shop", $"{number}"))];
        foreach (var key in keys) queue.AddAfter(key, TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(1));

        foreach (var key in keys) (await Take()).ShouldBe(key);
    }

    [Fact]
    public async Task An_add_does_not_cancel_a_pending_delay()
    {
        queue.AddAfter(A, TimeSpan.FromSeconds(10));
        queue.Add(A);
        await Take();
        queue.Done(A);

        time.Advance(TimeSpan.FromSeconds(10));

        Waiting().ShouldBe(1);
    }

    [Fact]
    public void Backoff_doubles_from_5_ms_to_1000_s_for_each_key_alone_and_starts_anew_when_forgotten()
    {
        var delays = Enumerable.Range(0, 20).Select(_ => queue.AddRateLimited(A)).ToList();

        delays.ShouldBe(Enumerable.Range(0, 20).Select(failure => TimeSpan.FromMilliseconds(Math.Min(5 * Math.Pow(2, failure), 1_000_000))));
        queue.AddRateLimited(B).ShouldBe(TimeSpan.FromMilliseconds(5));
        queue.Forget(A);
        queue.AddRateLimited(A).ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void A_rate_limited_key_waits_at_least_as_long_as_the_server_asked()
    {
        queue.AddRateLimited(A, TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));

        time.Advance(TimeSpan.FromSeconds(6));
        Waiting().ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(1));
        Waiting().ShouldBe(1);
    }

    [Fact]
    public void Absurd_delays_are_waited_for_and_bring_nothing_down()
    {
        queue.AddAfter(A, TimeSpan.MaxValue);
        queue.AddAfter(B, TimeSpan.FromDays(365));
        Waiting().ShouldBe(0);
        queue.AddRateLimited(A, TimeSpan.FromSeconds(int.MaxValue)).ShouldBe(TimeSpan.FromSeconds(1000));
        time.Advance(TimeSpan.FromSeconds(1000));
        Waiting().ShouldBe(1);

        time.Advance(TimeSpan.FromDays(31));

        Waiting().ShouldBe(2);
    }

    [Fact]
    public void Absurd_delays_are_within_what_the_systems_timers_take()
    {
        using var real = new WorkQueue("real", TimeProvider.System);

        real.AddAfter(A, TimeSpan.MaxValue);
        real.AddRateLimited(B, TimeSpan.MaxValue).ShouldBe(TimeSpan.FromSeconds(1000));

        real.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_stopped_worker_gets_nothing_though_keys_wait()
    {
        queue.Add(A);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        (await queue.TakeAsync(stopped.Token)).ShouldBeNull();
    }

    private ValueTask<NamespacedName?> Take() => queue.TakeAsync(TestContext.Current.CancellationToken);

    private int Waiting() => queue.Count;
}
