using System.Net;
using System.Net.Sockets;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Runtime;

/// <summary>A write goes out while its process leads, however long it was on its way inside.</summary>
public sealed class GatedRequestsTests : IDisposable
{
    private readonly VirtualTimeProvider time = new();
    private readonly WriteGate gate;
    private readonly ScriptedApi api = new();
    private readonly KubernetesClient client;

    public GatedRequestsTests()
    {
        gate = WriteGate.ForLeader(time);
        gate.OpenUntil(time.GetTimestamp() + TimeSpan.FromSeconds(10).Ticks);
        client = Client("http://api.test", api);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        api.Dispose();
        gate.Dispose();
    }

    [Fact]
    public async Task While_the_gate_is_open_writes_arrive_with_their_body()
    {
        api.Then(HttpStatusCode.Created, """{"metadata":{"name":"a","namespace":"shop","resourceVersion":"7"}}""");

        (await client.CreateAsync(Pod(), WriteOptions.Default, Ct)).Metadata.ResourceVersion.ShouldBe("7");

        var seen = api.Requests.ShouldHaveSingleItem();
        seen.Body.ShouldContain("\"name\":\"a\"");
        seen.ContentType.ShouldBe("application/json");
    }

    [Fact]
    public async Task A_write_that_the_server_wanted_to_see_again_later_is_not_repeated_once_the_gate_is_closed()
    {
        api.Then(HttpStatusCode.TooManyRequests, ScriptedApi.Status(429, "TooManyRequests"), with: static answer => answer.Headers.Add("Retry-After", "30"));
        var write = client.CreateAsync(Pod(), WriteOptions.Default, Ct);
        await Eventually.True(() => api.Requests.Count == 1, "the first attempt is made");

        await Eventually.Advancing(time, () => write.IsCompleted, "the second attempt is due", TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<KubernetesException>(write)).Reason.ShouldBe("NotLeading");
        api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_write_that_waited_for_its_connection_until_the_gate_closed_is_not_sent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var real = Client($"http://{listener.LocalEndpoint}", new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                time.Advance(TimeSpan.FromSeconds(10));
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        var error = await Should.ThrowAsync<KubernetesException>(real.CreateAsync(Pod(), WriteOptions.Default, Ct));

        error.Reason.ShouldBe("NotLeading");
        using var accepted = await listener.AcceptTcpClientAsync(Ct);
        (await accepted.GetStream().ReadAsync(new byte[1024], Ct)).ShouldBe(0, "nothing arrives, not even a header");
    }

    [Fact]
    public async Task Reads_pass_a_closed_gate()
    {
        gate.Close();
        api.Then(HttpStatusCode.OK, """{"metadata":{"name":"a"}}""");

        (await client.GetAsync<V1Pod>("shop", "a", Ct)).ShouldNotBeNull();
    }

    private KubernetesClient Client(string server, HttpMessageHandler primary) => new(
        new KubernetesClientConfiguration { Server = new Uri(server) },
        new KubernetesClientOptions { PrimaryHandler = primary, WrapHandler = inner => new GatedRequests(gate, inner), TimeProvider = time, Random = new Random(1) });

    private static V1Pod Pod() => new() { Metadata = new() { Namespace = "shop", Name = "a" } };
}
