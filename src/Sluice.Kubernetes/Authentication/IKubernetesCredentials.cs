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
public sealed class KubernetesCredential(AuthenticationHeaderValue? authorization = null, X509Certificate2? clientCertificate = null)
{
    public static KubernetesCredential Anonymous { get; } = new();

    public AuthenticationHeaderValue? Authorization { get; } = authorization;

    public X509Certificate2? ClientCertificate { get; } = clientCertificate;

    public static KubernetesCredential Bearer(string token) => new(new AuthenticationHeaderValue("Bearer", token));
}

/// <summary>An identity that never changes.</summary>
public sealed class StaticCredentials(KubernetesCredential credential) : IKubernetesCredentials
{
    public static StaticCredentials Anonymous { get; } = new(KubernetesCredential.Anonymous);

    public ValueTask<KubernetesCredential> GetAsync(CancellationToken ct) => ValueTask.FromResult(credential);

    public ValueTask<bool> RefreshAsync(KubernetesCredential rejected, CancellationToken ct) => ValueTask.FromResult(false);
}
