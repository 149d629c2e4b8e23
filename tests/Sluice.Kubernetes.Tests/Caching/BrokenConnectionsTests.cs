using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;
using static Sluice.Kubernetes.Tests.Support.Wire;

namespace Sluice.Kubernetes.Tests.Caching;

/// <summary>Client and cache against a server on the network, on both protocols; only the client's clock is virtual.</summary>
public sealed class BrokenConnectionsTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestAuthority authority = new();
    private readonly VirtualTimeProvider time = new();
    private LocalServer server = null!;
    private KubernetesClient client = null!;
    private WatchedPods pods = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        client.Dispose();
        await server.DisposeAsync();
        authority.Dispose();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_stream_that_died_without_a_word_is_replaced_within_five_minutes_and_the_lost_event_arrives(HttpProtocols protocol)
    {
        await ServeAsync(protocol);
        server.ThenLinesAndSilence(InitialEnd("7"), Added("a", "8")).ThenLinesAndSilence(Added("lost", "9"));
        pods.Start();
        await pods.ShouldTell("+a@8");

        var waited = await pods.Advancing(() => server.Requests.Count == 2, "another watch", Second);
        await pods.ShouldTell("+a@8", "+lost@9");

        waited.ShouldBeLessThan(TimeSpan.FromMinutes(4.5));
        server.Requests.Last().ShouldContain("resourceVersion=8");
        server.Connections.First().ShouldStartWith(protocol == HttpProtocols.Http1 ? "HTTP/1.1" : "HTTP/2");
        // The stream that died is not the connection that the new one is sent over, where a connection carries only one.
        server.Connections.Distinct().Count().ShouldBe(protocol == HttpProtocols.Http1 ? 2 : 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_line_that_a_reset_cuts_off_is_read_again_whole(HttpProtocols protocol)
    {
        await ServeAsync(protocol);
        server.Then(async context =>
            {
                await LocalServer.SendAsync(context, InitialEnd("7") + "\n", Added("a", "8") + "\n", Added("b", "9")[..25]);
                await Eventually.True(() => pods.Changes.Count == 1, "the whole lines were read");
                context.Abort();
            })
            .ThenLinesAndSilence(Added("b", "9"));
        pods.Start();

        await pods.Advancing(() => pods.Changes.Count == 2, "the event that was cut off");

        pods.Changes.ShouldBe(["+a@8", "+b@9"]);
        server.Requests.Last().ShouldContain("resourceVersion=8");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_server_that_is_restarted_is_found_again_and_the_watch_goes_on(HttpProtocols protocol)
    {
        await ServeAsync(protocol);
        server.ThenLinesAndSilence(InitialEnd("7"), Added("a", "8"));
        pods.Start();
        await pods.ShouldTell("+a@8");
        var port = server.Address.Port;

        await server.StopAsync();
        await pods.Advancing(() => time.Elapsed > TimeSpan.FromSeconds(5), "a few refused attempts");
        await server.DisposeAsync();
        server = await LocalServer.StartAsync(protocol, authority.IssueServer("127.0.0.1"), port);
        server.ThenLinesAndSilence(Added("b", "9"));
        await pods.Advancing(() => pods.Changes.Count == 2, "the next event");

        pods.Changes.ShouldBe(["+a@8", "+b@9"]);
        server.Requests.First().ShouldContain("resourceVersion=8");
    }

    [Fact]
    public async Task A_goaway_in_the_midst_of_a_watch_sends_what_follows_over_another_connection()
    {
        await ServeAsync(HttpProtocols.Http2);
        var goAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Then(async context =>
            {
                await LocalServer.SendAsync(context, InitialEnd("7") + "\n");
                await goAway.Task;
                context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeNotificationFeature>()!.RequestClose();
                await LocalServer.SendAsync(context, Added("a", "8") + "\n");
            })
            .ThenLinesAndSilence(Added("b", "9"));
        pods.Start();
        await Eventually.True(() => pods.Synced, "synced");

        goAway.SetResult();

        await pods.ShouldTell("+a@8", "+b@9");
        server.Connections.Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Headers_that_never_come_and_bodies_that_trickle_end_at_the_deadline(HttpProtocols protocol)
    {
        await ServeAsync(protocol);
        server.ThenSilence().ThenLinesAndSilence("""{"metadata":{"name":"a",""");
        var silent = client.GetAsync<V1Pod>("shop", "a", Ct);
        await server.UntilRequests(1);
        await Eventually.Advancing(time, () => silent.IsCompleted, "the deadline", Second);
        var slow = client.GetAsync<V1Pod>("shop", "a", Ct);
        await server.UntilRequests(2);
        await Eventually.Advancing(time, () => slow.IsCompleted, "the deadline", Second);

        (await Should.ThrowAsync<KubernetesException>(silent)).Reason.ShouldBe("Timeout");
        (await Should.ThrowAsync<KubernetesException>(slow)).Reason.ShouldBe("Timeout");
        time.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(64));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task An_answer_that_breaks_off_or_is_refused_is_told_as_what_it_is(HttpProtocols protocol)
    {
        await ServeAsync(protocol);
        server.ThenBroken("""{"metadata":{"na""").ThenBroken()
            .Then(302, "", "text/html", ("Location", "https://127.0.0.1:1/"))
            .Then(503, "<html>no healthy upstream</html>", "text/html")
            .Then(429, "", "application/json", ("Retry-After", "2"))
            .Then(200, """{"metadata":{"name":"a"}}""");

        (await Failure()).IsUnknownOutcome.ShouldBeTrue();
        (await Failure()).IsUnknownOutcome.ShouldBeTrue();
        (await Failure()).Code.ShouldBe(302);
        (await Failure()).Message.ShouldContain("no healthy upstream");
        var call = client.GetAsync<V1Pod>("shop", "a", Ct);
        (await Eventually.Advancing(time, () => call.IsCompleted, "the second attempt")).ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        (await call)!.Metadata.Name.ShouldBe("a");
    }

    [Fact]
    public async Task A_refused_connection_says_so()
    {
        await ServeAsync(HttpProtocols.Http1);
        await server.StopAsync();

        var error = await Failure();

        error.IsUnknownOutcome.ShouldBeTrue();
        error.Message.ShouldContain("refused", Case.Insensitive);
    }

    private async Task<KubernetesException> Failure() => await Should.ThrowAsync<KubernetesException>(client.GetAsync<V1Pod>("shop", "a", Ct));

    private async Task ServeAsync(HttpProtocols protocol)
    {
        server = await LocalServer.StartAsync(protocol, authority.IssueServer("127.0.0.1"));
        client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri($"https://127.0.0.1:{server.Address.Port}"), CertificateAuthorities = [authority.Root] },
            new KubernetesClientOptions { TimeProvider = time, Random = new Random(1) });
        pods = new WatchedPods(client, time);
    }
}
