using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sluice.Operator.Hosting;
using Sluice.Operator.Tests.Telemetry;

namespace Sluice.Operator.Tests.Hosting;

public sealed class ProcessTests : IAsyncLifetime
{
    private EmptyCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await EmptyCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task It_becomes_ready_and_ends_with_0_when_asked_to()
    {
        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig}");

        await process.UntilReadyAsync();
        (await process.GetAsync("/healthz")).ShouldBe((HttpStatusCode.OK, "ok\n"));
        (await process.GetAsync("/nothing")).Status.ShouldBe(HttpStatusCode.NotFound);

        process.Terminate();
        (await process.ExitAsync()).ShouldBe(ExitCode.Success, process.Log);
        process.Log.ShouldContain("Stopped");
        _cluster.Lease.ShouldBeNull();
    }

    [Fact]
    public async Task Its_metrics_have_the_standard_names_and_please_promtool()
    {
        await using var process = RunningOperator.Start($"run --kubeconfig {_cluster.Kubeconfig} --leader-elect");
        await process.UntilReadyAsync();
        await process.UntilAsync(() => process.Log.Contains("Controller rollout started", StringComparison.Ordinal), "the operator leads");

        var (status, page) = await process.GetAsync("/metrics");

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("\nleader_election_master_status{name=\"sluice-operator\"} 1\n");
        page.ShouldContain("\nrest_client_requests_total{code=\"200\",method=\"GET\"} ");
        page.ShouldContain("sluice_build_info{version=\"");
        page.ShouldContain("\n# TYPE process_resident_memory_bytes gauge\n");
        await Promtool.CheckAsync(page, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_lease_is_released_at_the_end()
    {
        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --leader-elect");
        await process.UntilAsync(() => process.Log.Contains("Controller rollout started", StringComparison.Ordinal), "the operator leads");
        Holder().ShouldNotBeNullOrEmpty();

        process.Terminate();

        (await process.ExitAsync()).ShouldBe(ExitCode.Success, process.Log);
        Holder().ShouldBeNullOrEmpty();
    }

    [Fact]
    public async Task It_takes_the_time_that_its_end_needs()
    {
        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --leader-elect");
        await process.UntilAsync(() => process.Log.Contains("Controller rollout started", StringComparison.Ordinal), "the operator leads");

        // Longer than the two seconds after which a command line's handling of signals ends a process by default.
        _cluster.LeaseWritesTake = TimeSpan.FromSeconds(3);
        process.Terminate();

        (await process.ExitAsync()).ShouldBe(ExitCode.Success, process.Log);
        Holder().ShouldBeNullOrEmpty();
    }

    [Fact]
    public async Task A_standby_is_ready_and_does_nothing()
    {
        await using var leader = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --leader-elect");
        await leader.UntilAsync(() => leader.Log.Contains("Controller rollout started", StringComparison.Ordinal), "the first one leads");
        await using var standby = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --leader-elect");

        await standby.UntilReadyAsync();

        standby.Log.ShouldNotContain("Controller rollout started");
        standby.Terminate();
        (await standby.ExitAsync()).ShouldBe(ExitCode.Success, standby.Log);
    }

    [Fact]
    public async Task Lost_leadership_ends_the_process_with_an_error()
    {
        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --leader-elect");
        await process.UntilAsync(() => process.Log.Contains("Controller rollout started", StringComparison.Ordinal), "the operator leads");

        _cluster.TakeLease("another");

        (await process.ExitAsync()).ShouldBe(ExitCode.Failure, process.Log);
        process.Log.ShouldContain("The lease is lost");
        Holder().ShouldBe("another");
    }

    [Fact]
    public async Task Without_an_API_server_it_lives_and_says_what_it_waits_for()
    {
        var file = Path.GetTempFileName();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var server = $"http://{closed.LocalEndpoint}";
        EmptyCluster.WriteKubeconfig(file, server);
        closed.Stop();
        await using var process = RunningOperator.Start($"--kubeconfig {file}");

        (await process.GetAsync("/healthz")).Status.ShouldBe(HttpStatusCode.OK);
        await process.UntilAsync(() => process.Log.Contains("Not ready after", StringComparison.Ordinal), "the operator says what it waits for");
        var (status, why) = await process.GetAsync("/readyz");

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        why.ShouldStartWith($"waiting for the API server at {server}");
        process.Terminate();
        (await process.ExitAsync()).ShouldBe(ExitCode.Success, process.Log);
        File.Delete(file);
    }

    [Fact]
    public async Task In_a_pod_every_line_of_the_log_is_JSON_and_none_holds_a_secret()
    {
        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig}", ("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("SLUICE_LOG_LEVEL", "trace"));
        await process.UntilReadyAsync();
        process.Terminate();
        (await process.ExitAsync()).ShouldBe(ExitCode.Success, process.Log);

        process.Log.ShouldNotContain(EmptyCluster.Token);
        var records = process.Log.Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        records[0].GetProperty("msg").GetString().ShouldNotBeNull().ShouldStartWith("Sluice ");
        records.ShouldAllBe(record => record.GetProperty("time").GetString()!.EndsWith('Z'));
    }

    [Fact]
    public async Task Bad_configuration_ends_with_2()
    {
        await using var process = RunningOperator.Start("--workers none --log-level loud");

        (await process.ExitAsync()).ShouldBe(ExitCode.BadConfiguration);
        process.Log.Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_kubeconfig_that_is_not_there_is_bad_configuration()
    {
        await using var process = RunningOperator.Start("--kubeconfig /nowhere/config");

        (await process.ExitAsync()).ShouldBe(ExitCode.BadConfiguration);
        process.Log.ShouldStartWith("sluice-operator: kubeconfig: ");
        process.Log.ShouldContain("/nowhere/config");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named_with_its_option()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        await using var process = RunningOperator.Start($"--kubeconfig {_cluster.Kubeconfig} --metrics-address {taken.LocalEndpoint}");

        (await process.ExitAsync()).ShouldBe(ExitCode.Failure);
        process.Log.ShouldContain($"Cannot start: metrics-address {taken.LocalEndpoint}: ");
    }

    private string? Holder() => (string?)_cluster.Lease.ShouldNotBeNull()["spec"]!["holderIdentity"];
}
