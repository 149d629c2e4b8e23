using System.Net.Http.Headers;
using System.Security.Cryptography;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Where the texts of an identity are read from, again and again; null for parts it does not have.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Token">What follows the scheme in the Authorization header.</param>
/// <param name="CertificatePem">Null exactly when the key is.</param>
/// <param name="KeyPem">Null exactly when the certificate is.</param>
/// <param name="Scheme">The scheme of the Authorization header.</param>
internal sealed record FileCredentialSource(
    string Name, Func<string>? Token, Func<string>? CertificatePem = null, Func<string>? KeyPem = null, string Scheme = "Bearer");

/// <summary>
/// An identity in files, which others rotate: read again every half minute, and at once when the server refuses it.
/// A file that cannot be read while it is being replaced leaves the identity known so far in use.
/// </summary>
internal sealed class FileCredentials(FileCredentialSource source, TimeProvider time) : IKubernetesCredentials
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private Identity? current;
    private long readAt;

    public ValueTask<KubernetesCredential> GetAsync(CancellationToken ct)
    {
        lock (gate)
        {
            if (current is null || time.GetElapsedTime(readAt) >= ReadAgainAfter)
                Read();

            return ValueTask.FromResult(current!.Credential);
        }
    }

    public ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct)
    {
        lock (gate)
        {
            if (ReferenceEquals(current?.Credential, rejected))
                Read();

            return ValueTask.FromResult(!ReferenceEquals(current?.Credential, rejected));
        }
    }

    private void Read()
    {
        var known = current;
        try
        {
            var texts = (source.Token?.Invoke().Trim(), source.CertificatePem?.Invoke(), source.KeyPem?.Invoke());
            if (current?.Texts != texts)
                current = new Identity(texts, Build(texts));

            readAt = time.GetTimestamp();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            if (known is null)
                throw StatusReader.NoAnswer("NoCredentials", $"{source.Name}: the credentials cannot be read: {error.Message}", error);
        }
    }

    private KubernetesCredential Build((string? Token, string? Certificate, string? Key) texts) => KubernetesCredential.FromPem(
        string.IsNullOrEmpty(texts.Token) ? null : new AuthenticationHeaderValue(source.Scheme, texts.Token), texts.Certificate, texts.Key);

    private sealed record Identity((string? Token, string? Certificate, string? Key) Texts, KubernetesCredential Credential)
    {
        /// <summary>Never the texts: they are secrets.</summary>
        public override string ToString() => nameof(Identity);
    }
}
