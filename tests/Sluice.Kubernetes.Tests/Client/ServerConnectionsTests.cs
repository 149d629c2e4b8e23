using System.Net;
using System.Net.Sockets;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Tests.Client;

public sealed class ServerConnectionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Connections_are_probed_while_a_watch_is_silent_and_requests_have_no_other_deadline_than_their_own()
    {
        using var handler = ServerConnections.CreateHandler(new KubernetesClientConfiguration { Server = new Uri("https://api.test") }, KubernetesCredential.Anonymous);

        (handler.KeepAlivePingDelay + handler.KeepAlivePingTimeout).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(60));
        handler.KeepAlivePingPolicy.ShouldBe(HttpKeepAlivePingPolicy.WithActiveRequests);
        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.UseCookies.ShouldBeFalse();
        handler.UseProxy.ShouldBeFalse();
    }

    [Fact]
    public async Task A_request_that_is_given_up_ends_by_a_reset_so_that_what_has_not_arrived_never_does()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();
        var sent = SendAsync(new Uri($"http://{listener.LocalEndpoint}"), undeliveredTimeout: null, static _ => { }, cancel.Token);
        using var accepted = await listener.AcceptSocketAsync(Ct);
        await accepted.ReceiveAsync(new byte[4096], Ct);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sent);
        (await Should.ThrowAsync<SocketException>(() => accepted.ReceiveAsync(new byte[4096], Ct).AsTask())).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task The_system_is_told_how_long_to_try_to_deliver()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "an option of Linux");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Stream? connection = null;
        using var cancel = new CancellationTokenSource();
        var sent = SendAsync(new Uri($"http://{listener.LocalEndpoint}"), TimeSpan.FromSeconds(5), stream => connection = stream, cancel.Token);
        using var accepted = await listener.AcceptSocketAsync(Ct);
        await accepted.ReceiveAsync(new byte[4096], Ct);

        var option = new byte[sizeof(int)];
        connection.ShouldBeAssignableTo<NetworkStream>()!.Socket.GetRawSocketOption(optionLevel: 6, optionName: 18, option);

        BitConverter.ToInt32(option).ShouldBe(5000);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sent);
    }

    private static async Task SendAsync(Uri server, TimeSpan? undeliveredTimeout, Action<Stream> connected, CancellationToken ct)
    {
        var configuration = new KubernetesClientConfiguration { Server = server };
        using var handler = ServerConnections.CreateHandler(configuration, KubernetesCredential.Anonymous, undeliveredTimeout);
        handler.PlaintextStreamFilter = (context, _) =>
        {
            connected(context.PlaintextStream);
            return ValueTask.FromResult(context.PlaintextStream);
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, server) { Content = new StringContent("{}") };
        using var answer = await invoker.SendAsync(request, ct);
    }
}
