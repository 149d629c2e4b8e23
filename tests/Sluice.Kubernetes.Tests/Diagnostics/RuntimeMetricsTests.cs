using System.Net;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Leadership;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Tests.Support;

namespace Sluice.Kubernetes.Tests.Diagnostics;

public sealed class RuntimeMetricsTests : IReconciler, IDisposable
{
    private readonly ClientFixture fixture = new();
    private readonly Measurements measured;
    private int reconciles;

    public RuntimeMetricsTests() => measured = new Measurements(fixture.Metrics);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        measured.Dispose();
        fixture.Dispose();
    }

    Task<ReconcileResult> IReconciler.ReconcileAsync(NamespacedName key, CancellationToken ct) =>
        Interlocked.Increment(ref reconciles) == 1 ? throw new InvalidOperationException("a bug") : Task.FromResult(ReconcileResult.Success);

    [Fact]
    public async Task Requests_are_counted_by_code_and_method_and_never_by_name()
    {
        fixture.Api.Then(HttpStatusCode.OK, "{}").Then(HttpStatusCode.Conflict, ScriptedApi.Status(409, "Conflict")).ThenRefused();

        await fixture.Client.GetAsync<V1Pod>("shop", "payments", Ct);
        await Should.ThrowAsync<KubernetesException>(fixture.Client.DeleteAsync<V1Pod>("shop", "payments", DeleteOptions.Background, Ct));
        await Should.ThrowAsync<KubernetesException>(fixture.Client.GetAsync<V1Pod>("shop", "payments", Ct));

        measured.All.Select(one => one.Series).ShouldBe([
            "rest_client_requests_total{code=200,method=GET}",
            "rest_client_requests_total{code=409,method=DELETE}",
            "rest_client_requests_total{code=<error>,method=GET}",
        ]);
    }

    [Fact]
    public async Task Reconciles_and_queues_are_measured_under_the_standard_names()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = new ScriptedStream();
        fixture.Api.ThenStream(watch
            .Line("""{"type":"ADDED","object":{"metadata":{"name":"payments","namespace":"shop","uid":"u","resourceVersion":"1"}}}""")
            .Line("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"2","annotations":{"k8s.io/initial-events-end":"true"}}}}"""));
        var informers = new InformerFactory(fixture.Client, []);
        informers.Add<V1Pod>();
        var manager = new ControllerManager(
            informers,
            [new ControllerDefinition { Name = "rollout", Reconciler = this, Watches = [WatchDefinition.For<V1Pod>()] }],
            new ControllerManagerOptions { TimeProvider = fixture.Time, Metrics = fixture.Metrics });
        var running = manager.RunAsync(stop.Token);

        await Eventually.Advancing(fixture.Time, () => measured.Count("controller_runtime_reconcile_time_seconds{controller=rollout}") == 2, "two reconciles");
        await stop.CancelAsync();
        await running;

        measured.Sum("controller_runtime_reconcile_total{controller=rollout,result=error}").ShouldBe(1);
        measured.Sum("controller_runtime_reconcile_total{controller=rollout,result=success}").ShouldBe(1);
        measured.Sum("controller_runtime_reconcile_errors_total{controller=rollout}").ShouldBe(1);
        measured.Sum("controller_runtime_active_workers{controller=rollout}").ShouldBe(0);
        measured.Count("controller_runtime_active_workers{controller=rollout}").ShouldBe(4);
        measured.Sum("workqueue_adds_total{name=rollout}").ShouldBe(2);
        measured.Sum("workqueue_depth{name=rollout}").ShouldBe(0);
        measured.Sum("workqueue_retries_total{name=rollout}").ShouldBe(1);
        measured.Count("workqueue_queue_duration_seconds{name=rollout}").ShouldBe(2);
        measured.Count("workqueue_work_duration_seconds{name=rollout}").ShouldBe(2);
        measured.All.ShouldAllBe(one => !one.Series.Contains("payments", StringComparison.Ordinal));
    }

    [Fact]
    public void The_instruments_are_those_of_every_controller_and_five_of_our_own()
    {
        var published = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, fixture.Metrics.RestClientRequests.Meter))
                published.Add(instrument.Name);
        };
        listener.Start();

        published.Order(StringComparer.Ordinal).ShouldBe([
            "controller_runtime_active_workers",
            "controller_runtime_reconcile_errors_total",
            "controller_runtime_reconcile_time_seconds",
            "controller_runtime_reconcile_total",
            "controller_runtime_terminal_reconcile_errors_total",
            "leader_election_master_status",
            "rest_client_requests_total",
            "sluice_dropped_events_total",
            "sluice_undecodable_objects_total",
            "sluice_watch_events_missed_total",
            "sluice_watch_restarts_total",
            "workqueue_adds_total",
            "workqueue_depth",
            "workqueue_queue_duration_seconds",
            "workqueue_retries_total",
            "workqueue_work_duration_seconds",
        ]);
    }

    [Theory]
    [InlineData("success", 0, 0)]
    [InlineData("requeue_after", 0, 0)]
    [InlineData("requeue", 0, 0)]
    [InlineData("error", 1, 1)]
    public async Task Every_outcome_counts_under_a_standard_result(string result, int errors, int terminal)
    {
        using var stop = new CancellationTokenSource();
        using var queueing = new Controller(
            new ControllerDefinition
            {
                Name = "rollout",
                Reconciler = new Answering(result switch
                {
                    "success" => ReconcileResult.Success,
                    "requeue_after" => ReconcileResult.After(TimeSpan.FromDays(1)),
                    "requeue" => ReconcileResult.Retry("lost a race"),
                    _ => ReconcileResult.Terminal("cannot be"),
                }),
                Watches = [],
                Workers = 1,
                Keys = new Due(),
            },
            new InformerFactory(fixture.Client, []),
            new ControllerManagerOptions { TimeProvider = fixture.Time, Metrics = fixture.Metrics });

        var running = queueing.RunAsync(stop.Token, CancellationToken.None);
        await Eventually.True(() => measured.Count("controller_runtime_reconcile_time_seconds{controller=rollout}") == 1, "one reconcile");
        await stop.CancelAsync();
        await running;

        measured.All.Where(one => one.Series.StartsWith("controller_runtime_reconcile_total", StringComparison.Ordinal)).Select(one => one.Series)
            .ShouldBe([$"controller_runtime_reconcile_total{{controller=rollout,result={result}}}"]);
        measured.Sum("controller_runtime_reconcile_errors_total{controller=rollout}").ShouldBe(errors);
        measured.Sum("controller_runtime_terminal_reconcile_errors_total{controller=rollout}").ShouldBe(terminal);
    }

    [Fact]
    public async Task Leadership_shows_as_one()
    {
        using var stop = new CancellationTokenSource();
        using var gate = WriteGate.ForLeader(fixture.Time);
        var server = new LeaseServer();
        using var client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri("http://api.test") },
            new KubernetesClientOptions { PrimaryHandler = server.For("a", () => fixture.Time.Elapsed), TimeProvider = fixture.Time });
        var elector = new LeaderElector(client, gate, new LeaderElectionOptions
        {
            LeaseNamespace = "ops",
            LeaseName = "it",
            Identity = "a",
            TimeProvider = fixture.Time,
            Metrics = fixture.Metrics,
        });

        await elector.RunAsync(static _ => Task.CompletedTask, stop.Token);

        measured.All.Where(one => one.Series == "leader_election_master_status{name=it}").Select(one => one.Value).ShouldBe([0, 1, 0]);
    }

    private sealed class Answering(ReconcileResult result) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct) => Task.FromResult(result);
    }

    private sealed class Due : IKeySource
    {
        public void Subscribe(Action<NamespacedName> due) => due(new("shop", "payments"));
    }
}
