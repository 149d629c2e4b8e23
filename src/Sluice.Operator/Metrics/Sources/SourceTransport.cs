using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>
/// The connections to one source: pooled, no redirects, no cookies, and with a CA file that alone is trusted. A changed CA file gets new connections.
/// </summary>
/// <param name="options">The source.</param>
/// <param name="time">When a changed file is looked at again.</param>
/// <param name="handler">Carries the requests in place of the network; not disposed. Null: the network.</param>
internal sealed class SourceTransport(MetricSourceOptions options, TimeProvider time, HttpMessageHandler? handler) : IDisposable
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly SecretFile? _caFile = options.CaFile is { } path ? new SecretFile(path, time) : null;
    private readonly Lock _lock = new();
    private Connections? _current;

    private sealed record Connections(string? Ca, HttpClient Client);

    /// <summary>Null when the CA file cannot be read or holds no certificate.</summary>
    public async ValueTask<HttpClient?> ClientAsync(CancellationToken cancellationToken)
    {
        string? ca = null;
        if (_caFile is not null && (ca = await _caFile.ReadAsync(cancellationToken)) is null) return null;

        lock (_lock)
        {
            if (_current is { } current && current.Ca == ca) return current.Client;
            if (Open(ca) is not { } client) return null;

            // The former client is left to the collector, not disposed: other workers may be in the middle of a call.
            _current = new Connections(ca, client);
            return client;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Client.Dispose();
            _current = null;
        }
    }

    private HttpClient? Open(string? ca)
    {
        if (handler is not null) return new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

        X509ChainPolicy? policy = null;
        if (ca is not null && (policy = TrustOnly(ca)) is null) return null;

        var network = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (policy is not null) network.SslOptions.CertificateChainPolicy = policy;

        return new HttpClient(network) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static X509ChainPolicy? TrustOnly(string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return policy.CustomTrustStore.Count == 0 ? null : policy;
    }
}
