using System.Globalization;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Cluster.Traffic;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class TrafficScenarios : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions { Seed = 7 });

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Each_ready_pod_serves_its_rate_with_its_share_of_errors()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 3, $"{Behaviour("requests-per-second", "50")}, {Behaviour("error-rate", "4%")}"));
        _cluster.RunUntil(() => Available() == 3, Minute);

        _cluster.RunFor(TimeSpan.FromMinutes(10));

        var pods = Traffic();
        pods.Count.ShouldBe(3);

        // 30,000 ± 4 standard deviations of a Poisson count; errors 1,200 likewise.
        pods.ShouldAllBe(pod => pod.Requests > 30_000 - 700 && pod.Requests < 30_050 + 700);
        pods.ShouldAllBe(pod => pod.Errors > 1_200 - 140 && pod.Errors < 1_200 + 140);
        pods.Select(pod => pod.Requests).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Traffic_begins_when_a_pod_is_ready_and_stops_when_it_is_deleted()
    {
        _cluster.Kubectl.Apply(Pod("web", $"{Behaviour("requests-per-second", "100")}, {Behaviour("ready-after", "30s")}"));
        _cluster.RunFor(TimeSpan.FromSeconds(20));
        Traffic().Single().Requests.ShouldBe(0);
        _cluster.RunFor(TimeSpan.FromSeconds(30));
        Traffic().Single().Requests.ShouldBeGreaterThan(1_500);

        _cluster.Kubectl.Delete<V1Pod>("default", "web");
        _cluster.RunFor(TimeSpan.FromMilliseconds(1));
        var last = Traffic().Single().Requests;
        _cluster.RunFor(TimeSpan.FromSeconds(5));

        _cluster.Get<V1Pod>("default", "web").ShouldBeNull();
        Traffic().Single().Requests.ShouldBe(last);
        _cluster.RunFor(TimeSpan.FromSeconds(10));
        Traffic().ShouldBeEmpty();
    }

    [Fact]
    public void A_restarted_container_counts_from_zero()
    {
        _cluster.Kubectl.Apply(Pod("web", $"{Behaviour("requests-per-second", "100")}, {Behaviour("crash", "20s")}"));
        _cluster.RunFor(TimeSpan.FromSeconds(20));
        var before = Traffic().Single().Requests;

        _cluster.RunUntil(() => _cluster.Get<V1Pod>("default", "web")!.Status!.ContainerStatuses![0] is { RestartCount: 1, Ready: true }, Minute);
        _cluster.RunFor(TimeSpan.FromSeconds(1));

        before.ShouldBeGreaterThan(1_500);
        Traffic().Single().Requests.ShouldBeLessThan(200);
    }

    [Fact]
    public void The_same_seed_counts_the_same_requests()
    {
        var first = Run(seed: 3);

        Run(seed: 3).ShouldBe(first);
        Run(seed: 4).ShouldNotBe(first);

        static string Run(int seed)
        {
            using var cluster = new VirtualCluster(new VirtualClusterOptions { Seed = seed });
            cluster.Kubectl.Apply(ReplicaSet("web", 2, $"{Behaviour("requests-per-second", "20")}, {Behaviour("error-rate", "0.05")}"));
            cluster.RunFor(Minute);
            return PrometheusText.Render(cluster.Life!.Traffic.Snapshot());
        }
    }

    [Fact]
    public void Durations_are_spread_around_the_latency()
    {
        _cluster.Kubectl.Apply(Pod("web", $"{Behaviour("requests-per-second", "100")}, {Behaviour("latency", "80ms")}"));
        _cluster.RunFor(TimeSpan.FromMinutes(10));

        var pod = Traffic().Single();

        pod.Durations.Sum().ShouldBe(pod.Requests);
        (pod.DurationSum / pod.Requests).ShouldBe(0.08, 1e-9);
        var below = RequestCounters.Bounds.Select((bound, index) => (bound, index)).Where(item => item.bound <= 0.25).Sum(item => pod.Durations[item.index]);
        ((double)below / pod.Requests).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public void The_text_is_what_prometheus_reads()
    {
        var text = PrometheusText.Render([new PodTraffic("shop", "web-1", 90, 10, [100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.25), new PodTraffic("shop", "web-2", 0, 0, new long[12], 0)]);

        text.ShouldContain("# TYPE http_requests_total counter\n");
        text.ShouldContain("http_requests_total{namespace=\"shop\",pod=\"web-1\",code=\"200\"} 90\n");
        text.ShouldContain("http_requests_total{namespace=\"shop\",pod=\"web-1\",code=\"500\"} 10\n");
        text.ShouldContain("http_request_duration_seconds_bucket{namespace=\"shop\",pod=\"web-1\",le=\"+Inf\"} 100\n");
        text.ShouldContain("http_request_duration_seconds_sum{namespace=\"shop\",pod=\"web-1\"} 0.25\n");
        text.ShouldContain("http_request_duration_seconds_count{namespace=\"shop\",pod=\"web-1\"} 100\n");
        text.ShouldNotContain("web-2");
    }

    [Fact]
    public async Task One_endpoint_serves_all_pods()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 2, Behaviour("requests-per-second", "50")));
        _cluster.RunFor(Minute);
        await using var endpoint = await MetricsEndpoint.StartAsync(_cluster.Life!.Traffic, 0, TestContext.Current.CancellationToken);
        using var http = new HttpClient();

        var text = await http.GetStringAsync(new Uri(endpoint.Address, "/metrics"), TestContext.Current.CancellationToken);

        text.Split('\n').Where(line => line.StartsWith("http_requests_total{", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).ShouldAllBe(count => count > 2_000);
    }

    private IReadOnlyList<PodTraffic> Traffic() => _cluster.Life!.Traffic.Snapshot();

    private int Available() => _cluster.Get<V1ReplicaSet>("default", "web")?.Status?.AvailableReplicas ?? 0;
}
