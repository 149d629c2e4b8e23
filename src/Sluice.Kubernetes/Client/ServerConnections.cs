using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Sluice.Kubernetes.Authentication;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// The connections to one API server. A connection carries the client certificate of its handshake, so a new certificate gets new connections;
/// those of the old one end with their last request.
/// </summary>
internal sealed class ServerConnections(KubernetesClientConfiguration configuration, TimeSpan? undeliveredTimeout) : HttpMessageHandler
{
    public static readonly HttpRequestOptionsKey<KubernetesCredential> Credential = new("Sluice.Credential");

    private readonly Lock gate = new();
    private Pool? current;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credential = request.Options.TryGetValue(Credential, out var given) ? given : KubernetesCredential.Anonymous;
        return PoolFor(credential).Invoker.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            current?.Invoker.Dispose();

        base.Dispose(disposing);
    }

    private Pool PoolFor(KubernetesCredential credential)
    {
        var thumbprint = credential.ClientCertificate?.Thumbprint;
        lock (gate)
        {
            if (current is null || current.Thumbprint != thumbprint)
                current = new Pool(thumbprint, new HttpMessageInvoker(CreateHandler(configuration, credential, undeliveredTimeout)));

            return current;
        }
    }

    internal static SocketsHttpHandler CreateHandler(KubernetesClientConfiguration configuration, KubernetesCredential credential, TimeSpan? undeliveredTimeout = null) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = (context, ct) => AbruptConnection.OpenAsync(context.DnsEndPoint, undeliveredTimeout, ct),
        EnableMultipleHttp2Connections = true,
        // A connection that died without a word is noticed after 45 s, whatever the deadlines of the requests on it.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        UseProxy = configuration.Proxy is not null,
        Proxy = configuration.Proxy is { } proxy ? ProxyAt(proxy) : null,
        SslOptions = TlsOptions(configuration, credential),
    };

    /// <summary>A name and password in the address are for the proxy, which asks for them.</summary>
    private static WebProxy ProxyAt(Uri address)
    {
        var proxy = new WebProxy(address);
        if (address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password.FirstOrDefault("")));

        return proxy;
    }

    private static SslClientAuthenticationOptions TlsOptions(KubernetesClientConfiguration configuration, KubernetesCredential credential)
    {
        var tls = new SslClientAuthenticationOptions();
        if (credential.ClientCertificate is { } certificate)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, credential.Intermediates, offline: true);

        if (configuration.InsecureSkipTlsVerify)
            tls.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || configuration.InsecureSkipTlsVerify;
        else if (configuration.CertificateAuthorities is { } authorities)
            tls.CertificateChainPolicy = Trusting(authorities);

        return tls;
    }

    /// <summary>Trusts these roots and no others; names and dates are verified as ever.</summary>
    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Cluster authorities publish no revocation lists.
            RevocationMode = X509RevocationMode.NoCheck,
            // What a server has not sent is not fetched from wherever its certificate says.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private sealed record Pool(string? Thumbprint, HttpMessageInvoker Invoker);
}
