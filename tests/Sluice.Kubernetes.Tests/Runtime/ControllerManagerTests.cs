using System.Collections.Concurrent;
using System.Net;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Runtime;

public sealed class ControllerManagerTests : IAsyncDisposable, IReconciler, IKeySource
{
    private static readonly NamespacedName A = new("shop", "a");

    private readonly ClientFixture fixture = new();
    private readonly CancellationTokenSource stop = new();
    private readonly WriteGate gate;
    private readonly ScriptedStream watch = new();
    private readonly ConcurrentQueue<(NamespacedName Key, TimeSpan At)> reconciles = new();
    private readonly ConcurrentQueue<Func<CancellationToken, Task<ReconcileResult>>> outcomes = new();
    private Action<NamespacedName> due = static _ => { };
    private Task running = Task.CompletedTask;

    public ControllerManagerTests() => gate = WriteGate.AlwaysOpen(fixture.Time);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        gate.Dispose();
        await watch.DisposeAsync();
        fixture.Dispose();
    }

    void IKeySource.Subscribe(Action<NamespacedName> due) => this.due = due;

    Task<ReconcileResult> IReconciler.ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        reconciles.Enqueue((key, fixture.Time.Elapsed));
        return outcomes.TryDequeue(out var outcome) ? outcome(ct) : Task.FromResult(ReconcileResult.Success);
    }

    [Fact]
    public async Task Nothing_is_reconciled_before_the_cache_is_complete()
    {
        Start(synced: false);
        watch.Line(Added("a", "1"));
        await Eventually.Settle();
        reconciles.ShouldBeEmpty();

        watch.Line(End("2"));

        await Reconciles(1);
    }

    [Fact]
    public async Task A_status_only_change_of_the_kind_itself_does_not_wake_but_a_new_generation_does()
    {
        Start();
        await Reconciles(1);

        watch.Line(Changed("3", generation: 1)).Line(Changed("4", generation: 2));

        await Reconciles(2);
        await Eventually.Settle();
        reconciles.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Success_forgets_the_backoff_and_an_error_grows_it()
    {
        Fail().Fail().Answer(ReconcileResult.Success).Fail();
        Start();
        await Advancing(3);
        due(A);
        await Advancing(5);

        var times = reconciles.Select(reconcile => reconcile.At).ToList();
        (times[1] - times[0]).ShouldBe(TimeSpan.FromMilliseconds(5));
        (times[2] - times[1]).ShouldBe(TimeSpan.FromMilliseconds(10));
        (times[4] - times[3]).ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public async Task Requeue_after_is_kept_and_forgets_the_backoff()
    {
        Fail().Answer(ReconcileResult.After(TimeSpan.FromSeconds(30))).Fail();
        Start();
        await Advancing(4);

        var times = reconciles.Select(reconcile => reconcile.At).ToList();
        (times[2] - times[1]).ShouldBe(TimeSpan.FromSeconds(30));
        (times[3] - times[2]).ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public async Task A_wish_to_retry_is_rate_limited_and_a_terminal_error_is_not_retried()
    {
        Answer(ReconcileResult.Retry("lost a race")).Answer(ReconcileResult.Terminal("cannot be"));
        Start();
        await Advancing(2);

        fixture.Time.Advance(TimeSpan.FromHours(1));
        await Eventually.Settle();

        reconciles.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_error_that_names_a_time_is_not_retried_before_it()
    {
        outcomes.Enqueue(_ => throw new KubernetesException(new V1Status { Code = 429, Details = new() { RetryAfterSeconds = 9 } }));
        Start();
        await Advancing(2);

        (reconciles.Last().At - reconciles.First().At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Keys_become_due_from_outside_the_api()
    {
        Start();
        await Reconciles(1);

        due(new("shop", "other"));

        await Reconciles(2);
        reconciles.Last().Key.ShouldBe(new NamespacedName("shop", "other"));
    }

    [Fact]
    public async Task Everything_is_reconciled_again_after_about_ten_hours()
    {
        Start();
        await Reconciles(1);

        var waited = await Eventually.Advancing(
            fixture.Time, () => reconciles.Count == 2, "the resync", TimeSpan.FromMinutes(5), TimeSpan.FromHours(12));

        waited.ShouldBeInRange(TimeSpan.FromHours(9), TimeSpan.FromHours(11.1));
    }

    [Fact]
    public async Task A_stop_lets_reconciles_finish_and_takes_no_new_ones()
    {
        var finish = new TaskCompletionSource<ReconcileResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = false;
        outcomes.Enqueue(ct =>
        {
            ct.Register(() => cancelled = true);
            return finish.Task;
        });
        Start();
        await Reconciles(1);

        await stop.CancelAsync();
        due(new("shop", "late"));
        await Eventually.Settle();
        running.IsCompleted.ShouldBeFalse();
        finish.SetResult(ReconcileResult.Success);
        await running;

        cancelled.ShouldBeFalse();
        reconciles.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reconcile_that_does_not_finish_is_cancelled_in_time()
    {
        outcomes.Enqueue(static async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return ReconcileResult.Success;
        });
        Start();
        await Reconciles(1);
        await stop.CancelAsync();

        var waited = await Eventually.Advancing(fixture.Time, () => running.IsCompleted, "the stop", TimeSpan.FromSeconds(1));

        waited.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
        await running;
    }

    [Fact]
    public async Task A_reconcile_that_ignores_its_cancellation_makes_the_stop_fail()
    {
        var never = new TaskCompletionSource<ReconcileResult>();
        outcomes.Enqueue(_ => never.Task);
        Start();
        await Reconciles(1);
        await stop.CancelAsync();

        await Eventually.Advancing(fixture.Time, () => running.IsCompleted, "the stop", TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<TimeoutException>(running);
        running = Task.CompletedTask;
    }

    [Fact]
    public async Task Lost_leadership_cancels_reconciles_at_once()
    {
        outcomes.Enqueue(static async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return ReconcileResult.Success;
        });
        Start();
        await Reconciles(1);

        gate.Close();

        await running;
        fixture.Time.Elapsed.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Any_exception_is_an_error_of_its_key_and_neither_the_end_of_the_worker_nor_of_others()
    {
        outcomes.Enqueue(static _ => throw new InvalidCastException("a bug"));
        outcomes.Enqueue(static _ => Task.FromException<ReconcileResult>(new OperationCanceledException("of its own making")));
        outcomes.Enqueue(static _ => Task.FromResult<ReconcileResult>(null!));
        Start();
        await Advancing(4);

        running.IsCompleted.ShouldBeFalse();
        due(new("shop", "other"));
        await Reconciles(5);
    }

    [Fact]
    public async Task A_worker_that_cannot_go_on_ends_the_process_rather_than_leading_without_working()
    {
        outcomes.Enqueue(static _ => throw new OutOfMemoryException());
        Start();

        await Should.ThrowAsync<OutOfMemoryException>(running);
        running = Task.CompletedTask;
    }

    [Fact]
    public async Task A_resync_tells_everything_although_one_object_cannot_be_mapped()
    {
        watch.Line(Added("bad", "1")).Line(Added("good", "2")).Line(End("3"));
        Start(synced: false, WatchDefinition.Mapped<V1Pod>(static pod => pod.Metadata.Name == "bad" ? throw new InvalidOperationException("a bug") : [NamespacedName.Of(pod)]));
        await Reconciles(1);

        await Eventually.Advancing(fixture.Time, () => reconciles.Count == 2, "the resync", TimeSpan.FromMinutes(5), TimeSpan.FromHours(12));

        running.IsCompleted.ShouldBeFalse();
        reconciles.ShouldAllBe(reconcile => reconcile.Key.Name == "good");
    }

    [Fact]
    public async Task A_cache_that_cannot_go_on_ends_the_process_after_the_reconciles_under_way()
    {
        var finish = new TaskCompletionSource<ReconcileResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        outcomes.Enqueue(_ => finish.Task);
        Start(projection: static pod => pod.Metadata.Name == "bad" ? throw new OutOfMemoryException() : pod);
        await Reconciles(1);

        watch.Line(Added("bad", "3"));
        await Eventually.Settle();
        due(new("shop", "late"));
        running.IsCompleted.ShouldBeFalse();
        finish.SetResult(ReconcileResult.Success);

        await Should.ThrowAsync<OutOfMemoryException>(running);
        running = Task.CompletedTask;
        reconciles.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_terminal_error_forgets_the_backoff_and_a_reconcile_of_another_key_is_not_held_up()
    {
        Fail().Answer(ReconcileResult.Terminal("cannot be")).Fail();
        Start();
        await Advancing(2);
        await Eventually.Settle();
        due(A);
        await Advancing(4);

        var times = reconciles.Select(reconcile => reconcile.At).ToList();
        (times[3] - times[2]).ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    private static string Added(string name, string version) => Event("ADDED", name, version, generation: 1);

    private static string Changed(string version, int generation) => Event("MODIFIED", "a", version, generation);

    private static string Event(string type, string name, string version, int generation) =>
        $$$$"""{"type":"{{{{type}}}}","object":{"metadata":{"name":"{{{{name}}}}","namespace":"shop","uid":"u","resourceVersion":"{{{{version}}}}","generation":{{{{generation}}}}}}}""";

    private static string End(string version) =>
        $$$$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{{{version}}}}}","annotations":{"k8s.io/initial-events-end":"true"}}}}""";

    private ControllerManagerTests Answer(ReconcileResult result)
    {
        outcomes.Enqueue(_ => Task.FromResult(result));
        return this;
    }

    private ControllerManagerTests Fail()
    {
        outcomes.Enqueue(static _ => throw new InvalidOperationException("a bug"));
        return this;
    }

    private void Start(bool synced = true, WatchDefinition? definition = null, Func<V1Pod, V1Pod>? projection = null)
    {
        if (synced)
            watch.Line(Added("a", "1")).Line(End("2"));

        fixture.Api.ThenStream(watch);
        fixture.Api.Otherwise = static async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return ScriptedApi.Answer(HttpStatusCode.OK, "");
        };
        var informers = new InformerFactory(fixture.Client, []);
        informers.Add(new InformerOptions<V1Pod> { Projection = projection ?? (static pod => pod) });
        var controller = new ControllerDefinition { Name = "test", Reconciler = this, Watches = [definition ?? WatchDefinition.For<V1Pod>()], Keys = this, Workers = 2 };
        var manager = new ControllerManager(
            informers, [controller], new ControllerManagerOptions { TimeProvider = fixture.Time, Random = new Random(1), Gate = gate, Metrics = fixture.Metrics });
        running = manager.RunAsync(stop.Token);
    }

    private Task Reconciles(int count) => Eventually.True(() => reconciles.Count >= count, $"{count} reconciles");

    private async Task Advancing(int count)
    {
        await Reconciles(1);

        // What follows from the reconcile, such as its backoff, is to start at the time of the reconcile.
        await Eventually.Settle();
        await Eventually.Advancing(fixture.Time, () => reconciles.Count >= count, $"{count} reconciles", TimeSpan.FromMilliseconds(5), TimeSpan.FromMinutes(1));
    }
}
