using System.Security.Cryptography;
using Sluice.Kubernetes.Authentication;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Tests.Support;
using Sluice.Kubernetes.Time;
using static Sluice.Kubernetes.Tests.Support.KubeconfigFolder;

namespace Sluice.Kubernetes.Tests.Authentication;

/// <summary>Client certificates in every shape a kubeconfig has them in, presented to a TLS server.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private readonly KubeconfigFolder folder = new();
    private readonly TestAuthority authority = new();
    private readonly VirtualTimeProvider time = new();
    private TlsApi api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => api = await TlsApi.StartAsync(authority.IssueServer("127.0.0.1"));

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("EC PRIVATE KEY")]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("RSA in PKCS#8")]
    [InlineData("elliptic in PKCS#8")]
    public async Task Keys_are_read_in_every_usual_format(string format)
    {
        using var rsa = RSA.Create(2048);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var (certificate, key) = format switch
        {
            "EC PRIVATE KEY" => (authority.IssueClient("alice", elliptic), elliptic.ExportECPrivateKeyPem()),
            "RSA PRIVATE KEY" => (authority.IssueClient("alice", rsa), rsa.ExportRSAPrivateKeyPem()),
            "RSA in PKCS#8" => (authority.IssueClient("alice", rsa), rsa.ExportPkcs8PrivateKeyPem()),
            _ => (authority.IssueClient("alice", elliptic), elliptic.ExportPkcs8PrivateKeyPem()),
        };

        await GetAsync($"client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}");

        api.Callers.ShouldBe(["CN=alice"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_encrypted_key_is_refused_as_such(bool asData)
    {
        using var rsa = RSA.Create(2048);
        var certificate = authority.IssueClient("alice", rsa);
        var key = rsa.ExportEncryptedPkcs8PrivateKeyPem("pw", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        var message = asData
            ? Should.Throw<KubernetesConfigurationException>(() => Load($"client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}")).Message
            : await MessageOfFiles(certificate, key);

        message.ShouldContain(folder.Path);
        message.ShouldContain("user 'u'");
        message.ShouldContain("the private key is encrypted");
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_refused_as_such()
    {
        using var mine = RSA.Create(2048);
        using var another = RSA.Create(2048);

        (await MessageOfFiles(authority.IssueClient("alice", mine), another.ExportRSAPrivateKeyPem())).ShouldContain("is not that of the certificate");
    }

    [Fact]
    public async Task Intermediates_are_sent_along()
    {
        using var key = RSA.Create(2048);
        var (leaf, intermediate) = authority.IssueClientBelowIntermediate("alice", key);

        await GetAsync($"client-certificate-data: {Base64(leaf + "\n" + intermediate)}\n    client-key-data: {Base64(key.ExportRSAPrivateKeyPem())}");

        api.Chains.ShouldBe(["CN=alice < CN=intermediate"]);
    }

    [Fact]
    public async Task A_certificate_that_was_renewed_in_its_file_is_presented_on_new_connections()
    {
        Renew("alice");
        using var client = Client("client-certificate: tls.crt\n    client-key: tls.key");
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        Renew("alice-renewed");
        time.Advance(TimeSpan.FromMinutes(1));

        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["CN=alice", "CN=alice-renewed"]);
    }

    [Fact]
    public async Task A_certificate_and_its_key_that_are_half_replaced_leave_the_ones_known_so_far_in_use()
    {
        Renew("alice");
        using var client = Client("client-certificate: tls.crt\n    client-key: tls.key");
        await client.GetAsync<V1Pod>("shop", "a", Ct);
        folder.Write("tls.crt", authority.IssueClient("bob").CertificatePem);
        time.Advance(TimeSpan.FromMinutes(1));

        await client.GetAsync<V1Pod>("shop", "a", Ct);

        api.Callers.ShouldBe(["CN=alice", "CN=alice"]);
    }

    [Fact]
    public async Task A_password_goes_beside_a_certificate()
    {
        var (certificate, key) = authority.IssueClient("alice");

        await GetAsync($"username: bob\n    password: pw\n    client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}");

        api.Callers.ShouldBe([$"Basic {Base64("bob:pw")}"]);
        api.Chains.ShouldHaveSingleItem().ShouldStartWith("CN=alice");
    }

    private void Renew(string name)
    {
        var (certificate, key) = authority.IssueClient(name);
        folder.Write("tls.crt", certificate);
        folder.Write("tls.key", key);
    }

    private async Task<string> MessageOfFiles(string certificate, string key)
    {
        folder.Write("tls.crt", certificate);
        folder.Write("tls.key", key);
        return (await Should.ThrowAsync<KubernetesException>(GetAsync("client-certificate: tls.crt\n    client-key: tls.key"))).Message;
    }

    private KubernetesClientConfiguration Load(string user) => KubernetesClientConfiguration.Load(
        folder.Kubeconfig($"https://127.0.0.1:{api.Address.Port}", $"certificate-authority-data: {Base64(authority.Pem)}", user), context: null, time);

    private KubernetesClient Client(string user) => new(Load(user), new KubernetesClientOptions());

    private async Task GetAsync(string user)
    {
        using var client = Client(user);
        await client.GetAsync<V1Pod>("shop", "a", Ct);
    }
}
