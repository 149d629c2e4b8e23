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
}
