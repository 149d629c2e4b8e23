using System.Net;
using System.Net.Sockets;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Tests.Client;

public sealed class ServerConnectionsTests
{
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
        using var invoker = new HttpMessageInvoker(Handler(listener, undeliveredTimeout: null));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{listener.LocalEndpoint}/") { Content = new StringContent("{}") };
        using var cancel = new CancellationTokenSource();
        var sent = invoker.SendAsync(request, cancel.Token);
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
        using var handler = Handler(listener, TimeSpan.FromSeconds(5));
        Stream? connection = null;
        handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult(connection = context.PlaintextStream);
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/");
        using var cancel = new CancellationTokenSource();
        var sent = invoker.SendAsync(request, cancel.Token);
        using var accepted = await listener.AcceptSocketAsync(Ct);
        await accepted.ReceiveAsync(new byte[4096], Ct);

        var option = new byte[sizeof(int)];
        connection.ShouldBeAssignableTo<NetworkStream>()!.Socket.GetRawSocketOption(optionLevel: 6, optionName: 18, option);

        BitConverter.ToInt32(option).ShouldBe(5000);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sent);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static SocketsHttpHandler Handler(TcpListener server, TimeSpan? undeliveredTimeout) =>
        ServerConnections.CreateHandler(new KubernetesClientConfiguration { Server = new Uri($"http://{server.LocalEndpoint}") }, KubernetesCredential.Anonymous, undeliveredTimeout);
}
