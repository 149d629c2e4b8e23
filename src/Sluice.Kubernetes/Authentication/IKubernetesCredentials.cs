using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Where the client's identity comes from.</summary>
public interface IKubernetesCredentials
{
    /// <summary>The identity to use now; cheap when nothing expired.</summary>
    ValueTask<KubernetesCredential> GetAsync(CancellationToken ct);

    /// <summary>
    /// Called when the server answered 401 to <paramref name="rejected"/>. False when no other identity is to be had,
    /// so that the refusal is final.
    /// </summary>
    ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct);
}

/// <summary>One identity: an Authorization header, a client certificate, both or nothing. Not a record: its text must never show a secret.</summary>
public sealed class KubernetesCredential(
    AuthenticationHeaderValue? authorization = null, X509Certificate2? clientCertificate = null, X509Certificate2Collection? intermediates = null)
{
    public static KubernetesCredential Anonymous { get; } = new();

    public AuthenticationHeaderValue? Authorization { get; } = authorization;

    public X509Certificate2? ClientCertificate { get; } = clientCertificate;

    /// <summary>What leads from the client certificate to an authority that the server knows; sent along with it.</summary>
    public X509Certificate2Collection Intermediates { get; } = intermediates ?? [];

    /// <summary>An Authorization header, null for none, and a client certificate with its key, null for none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate or its key cannot be used.</exception>
    internal static KubernetesCredential FromPem(AuthenticationHeaderValue? authorization, string? certificate, string? key)
    {
        if (certificate is null || key is null)
            return new KubernetesCredential(authorization);

        var (leaf, intermediates) = CertificatePem.ReadClient(certificate, key);
        return new KubernetesCredential(authorization, leaf, intermediates);
    }

    public static KubernetesCredential Bearer(string token) => new(new AuthenticationHeaderValue("Bearer", token));
}

/// <summary>An identity that never changes.</summary>
public sealed class StaticCredentials(KubernetesCredential credential) : IKubernetesCredentials
{
    public static StaticCredentials Anonymous { get; } = new(KubernetesCredential.Anonymous);

    public ValueTask<KubernetesCredential> GetAsync(CancellationToken ct) => ValueTask.FromResult(credential);

    public ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct) => ValueTask.FromResult(false);
}
