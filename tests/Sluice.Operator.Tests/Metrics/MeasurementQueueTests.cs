using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Queue;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

public sealed class MeasurementQueueTests
{
    private static readonly DateTimeOffset From = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_result_can_be_read_after_its_subscriber_was_called()
    {
        using var measurer = new GatedMeasurer();
        using var queue = await StartAsync(("default", measurer));
        var arrived = new TaskCompletionSource<MeasuredRollout>();
        using var subscription = queue.Subscribe(rollout => arrived.TrySetResult(rollout));
        var request = Given.Request(From);

        queue.Latest(request.Rollout.Uid).ShouldBeEmpty();
        queue.Request(request).ShouldBeTrue();
        measurer.Open();

        (await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe(request.Rollout);
        queue.Latest(request.Rollout.Uid).ShouldHaveSingleItem().Request.ShouldBe(request);
    }

    [Fact]
    public async Task A_newer_request_takes_the_place_of_one_that_waits()
    {
        using var measurer = new GatedMeasurer();
        using var queue = await StartAsync(("default", measurer));
        await OccupyWorkersAsync(queue, measurer);

        for (var i = 0; i < 100; i++) queue.Request(Given.Request(From.AddSeconds(i)));
        queue.Request(Given.Request(From) with { Kind = MeasurementKind.History });
        queue.Request(Given.Request(From) with { Metric = "latency" });
        measurer.Open();

        await Eventually.HoldsAsync(() => queue.Latest("uid-payments").Count == 3, "three results");
        measurer.Started.Count(request => request.Rollout.Name == "payments").ShouldBe(3);
        queue.Latest("uid-payments").Single(result => result.Request is { Metric: "error-rate", Kind: MeasurementKind.Running }).Request.From.ShouldBe(From.AddSeconds(99));
    }

    [Fact]
    public async Task A_slow_source_holds_up_no_other()
    {
        using var slow = new GatedMeasurer();
        using var fast = new GatedMeasurer();
        using var queue = await StartAsync(("slow", slow), ("default", fast));
        fast.Open();
        for (var i = 0; i < 100; i++) queue.Request(Given.Request(From, rollout: $"slow{i}") with { Source = "slow" });

        queue.Request(Given.Request(From));

        await Eventually.HoldsAsync(() => queue.Latest("uid-payments").Count == 1, "the fast source's result");
        slow.Started.Count.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public void Rollouts_take_turns()
    {
        var queue = new FairQueue(100);
        for (var i = 0; i < 5; i++) Enqueue(queue, "greedy", $"m{i}");
        Enqueue(queue, "modest", "m0");
        Enqueue(queue, "late", "m0");

        Order(queue).ShouldBe(["greedy/m0", "modest/m0", "late/m0", "greedy/m1", "greedy/m2", "greedy/m3", "greedy/m4"]);
    }

    [Fact]
    public void The_queue_is_bounded_and_what_is_taken_or_removed_makes_room()
    {
        var queue = new FairQueue(2);
        Enqueue(queue, "a", "m0").ShouldBe(EnqueueOutcome.Added);
        Enqueue(queue, "b", "m0").ShouldBe(EnqueueOutcome.Added);
        Enqueue(queue, "c", "m0").ShouldBe(EnqueueOutcome.Full);
        Enqueue(queue, "b", "m0").ShouldBe(EnqueueOutcome.Replaced);

        queue.Remove("a");
        Enqueue(queue, "c", "m0").ShouldBe(EnqueueOutcome.Added);
        Order(queue).ShouldBe(["b/m0", "c/m0"]);
        Enqueue(queue, "a", "m0").ShouldBe(EnqueueOutcome.Added);
    }

    [Fact]
    public async Task A_forgotten_Rollout_gets_no_result_any_more()
    {
        using var measurer = new GatedMeasurer();
        using var queue = await StartAsync(("default", measurer));
        await OccupyWorkersAsync(queue, measurer);
        queue.Request(Given.Request(From));
        queue.Forget("uid-payments");
        queue.Forget("uid-busy0");
        measurer.Open();

        await Eventually.HoldsAsync(() => queue.Latest("uid-busy1").Count == 1 && measurer.Ended >= 4, "the others' results");
        queue.Latest("uid-payments").ShouldBeEmpty();
        queue.Latest("uid-busy0").ShouldBeEmpty();
        measurer.Started.ShouldNotContain(request => request.Rollout.Name == "payments");
    }

    [Fact]
    public void An_older_request_that_ends_later_does_not_overwrite_a_newer_result()
    {
        var results = new RolloutResults();
        var older = new Ticket(Given.Request(From), results, 1);
        var newer = new Ticket(Given.Request(From.AddSeconds(60)), results, 2);

        results.Store(newer, Result(newer.Request)).ShouldBeTrue();
        results.Store(older, Result(older.Request)).ShouldBeFalse();

        results.All().ShouldHaveSingleItem().Request.ShouldBe(newer.Request);
    }

    [Fact]
    public async Task A_bug_in_a_measurement_costs_that_measurement_only()
    {
        using var measurer = new GatedMeasurer { Fails = request => request.Metric == "bad" };
        using var queue = await StartAsync(("default", measurer));
        measurer.Open();
        for (var i = 0; i < 20; i++) queue.Request(Given.Request(From, rollout: $"r{i}") with { Metric = "bad" });
        queue.Request(Given.Request(From));

        await Eventually.HoldsAsync(() => queue.Latest("uid-payments").Count == 1 && queue.Latest("uid-r0").Count == 1, "the results");
        queue.Latest("uid-r0").Single().Value.ShouldBe(new MeasurementValue.NoData(new NoDataReason.QueryError("internal error")));
    }

    [Fact]
    public async Task Stopping_ends_the_measurements_under_way()
    {
        using var measurer = new GatedMeasurer();
        using var queue = await StartAsync(("default", measurer));
        await OccupyWorkersAsync(queue, measurer);

        await queue.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);

        queue.ExecuteTask.ShouldNotBeNull().IsCompleted.ShouldBeTrue();
        queue.Latest("uid-busy0").ShouldBeEmpty();
    }

    [Fact]
    public async Task Sources_are_found_by_name_and_namespace()
    {
        using var measurer = new GatedMeasurer();
        using var queue = await StartAsync(("default", measurer));

        queue.FindSource("default", "shop").ShouldBe(new MetricSourceLookup.Found(TimeSpan.FromSeconds(1), AllowQueries: true));
        queue.FindSource("default", "other").ShouldBe(new MetricSourceLookup.NotAllowed("other"));
        queue.FindSource("mimir", "shop").ShouldBeOfType<MetricSourceLookup.Unknown>().Known.ShouldBe(["default"]);
        queue.FindSource("mimir", "other").ShouldBeOfType<MetricSourceLookup.Unknown>().Known.ShouldBeEmpty();
        var args = new Dictionary<string, string>();
        queue.Check(Given.Counter, args, "default", "shop").ShouldBeNull();
        queue.Check(Given.Counter, args, "default", "other").ShouldNotBeNull().Field.ShouldBe("source");
        queue.Check(Given.Counter, args, "mimir", "shop").ShouldNotBeNull().ToString().ShouldBe("source: metric source mimir does not exist; known are: default");
        queue.Request(Given.Request(From) with { Source = "mimir" }).ShouldBeFalse();
    }

    private static async Task<MeasurementQueue> StartAsync(params (string Name, IMeasurer Measurer)[] sources)
    {
        var lanes = sources.Select(source => new SourceLane(
            Given.Source() with { Name = source.Name, Namespaces = ["shop"] }, source.Measurer, TimeProvider.System, NullLogger.Instance));
        var queue = new MeasurementQueue([.. lanes], Given.Instruments());
        await queue.StartAsync(TestContext.Current.CancellationToken);
        return queue;
    }

    /// <summary>Has every worker busy with a measurement that does not end before the gate opens.</summary>
    private static async Task OccupyWorkersAsync(MeasurementQueue queue, GatedMeasurer measurer)
    {
        for (var i = 0; i < 4; i++) queue.Request(Given.Request(From, rollout: $"busy{i}"));
        await Eventually.HoldsAsync(() => measurer.Started.Count == 4, "busy workers");
    }

    private static EnqueueOutcome Enqueue(FairQueue queue, string uid, string metric)
    {
        var request = Given.Request(From) with { Rollout = new MeasuredRollout("shop", uid, uid), Metric = metric };
        return queue.Enqueue(new Ticket(request, new RolloutResults(), 0));
    }

    private static List<string> Order(FairQueue queue)
    {
        var order = new List<string>();
        while (queue.TryDequeue(out var ticket)) order.Add($"{ticket.Request.Rollout.Uid}/{ticket.Request.Metric}");
        return order;
    }

    private static MeasurementResult Result(MeasurementRequest request) => new(request, request.From, request.From, new MeasurementValue.Scalar(1));

    private sealed class GatedMeasurer : IMeasurer
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _ended;

        public ConcurrentQueue<MeasurementRequest> Started { get; } = [];

        public int Ended => Volatile.Read(ref _ended);

        public Func<MeasurementRequest, bool> Fails { get; init; } = _ => false;

        public void Open() => _gate.TrySetResult();

        public async Task<MeasurementResult> MeasureAsync(MeasurementRequest request, CancellationToken cancellationToken)
        {
            Started.Enqueue(request);
            await _gate.Task.WaitAsync(cancellationToken);
            if (Fails(request)) throw new InvalidOperationException("planted");
            Interlocked.Increment(ref _ended);
            return Result(request);
        }

        public void Dispose() => _gate.TrySetResult();
    }
}
