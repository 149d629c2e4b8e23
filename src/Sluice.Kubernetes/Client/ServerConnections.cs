using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// The connections to one API server. A connection carries the client certificate of its handshake, so a new certificate gets new connections;
/// those of the old one end with their last request.
/// </summary>
internal sealed class ServerConnections(KubernetesClientConfiguration configuration) : HttpMessageHandler
{
    public static readonly HttpRequestOptionsKey<X509Certificate2?> ClientCertificate = new("Sluice.ClientCertificate");

    private readonly Lock gate = new();
    private Pool? current;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(ClientCertificate, out var certificate);
        return PoolFor(certificate).Invoker.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            current?.Invoker.Dispose();

        base.Dispose(disposing);
    }

    private Pool PoolFor(X509Certificate2? certificate)
    {
        lock (gate)
        {
            if (current is null || current.Thumbprint != certificate?.Thumbprint)
                current = new Pool(certificate?.Thumbprint, new HttpMessageInvoker(CreateHandler(configuration, certificate)));

            return current;
        }
    }

    internal static SocketsHttpHandler CreateHandler(KubernetesClientConfiguration configuration, X509Certificate2? certificate) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
        // A connection that died without a word is noticed after 45 s, whatever the deadlines of the requests on it.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        UseProxy = configuration.Proxy is not null,
        Proxy = configuration.Proxy is { } proxy ? new WebProxy(proxy) : null,
        SslOptions = TlsOptions(configuration, certificate),
    };

    private static SslClientAuthenticationOptions TlsOptions(KubernetesClientConfiguration configuration, X509Certificate2? certificate)
    {
        var tls = new SslClientAuthenticationOptions();
        if (certificate is not null)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

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
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private sealed record Pool(string? Thumbprint, HttpMessageInvoker Invoker);
}
