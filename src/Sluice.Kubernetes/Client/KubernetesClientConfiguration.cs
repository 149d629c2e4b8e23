using System.Security.Cryptography.X509Certificates;
using Sluice.Kubernetes.Authentication;

namespace Sluice.Kubernetes.Client;

/// <summary>Which API server to talk to, whom to trust and who to be.</summary>
public sealed record KubernetesClientConfiguration
{
    /// <summary>The server's address; a path is kept as a prefix of every request.</summary>
    public required Uri Server { get; init; }

    public IKubernetesCredentials Credentials { get; init; } = StaticCredentials.Anonymous;

    /// <summary>The only roots that are trusted; null for those of the system.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>Accepts any certificate: for throw-away clusters, by a person's explicit wish only.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must carry, when it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>An address with scheme http, https or socks5, and the name and password that it asks for, if any; null to connect directly.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Whom every request acts as; null for the identity of <see cref="Credentials"/> itself.</summary>
    public Impersonation? Impersonate { get; init; }

    /// <summary>The namespace of the context, or of the pod.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>
    /// Reads the configuration from <paramref name="kubeconfigPath"/>, else from the files that KUBECONFIG lists, else from this pod's service account,
    /// else from ~/.kube/config. Credentials that are files or plugins are read with the first request, and again as they change.
    /// </summary>
    /// <param name="kubeconfigPath">Null to look at the usual places.</param>
    /// <param name="context">Null for the current one.</param>
    /// <param name="time">Times the expiry of credentials; null for the system's clock.</param>
    /// <exception cref="KubernetesConfigurationException">Says what is missing or wrong, and where.</exception>
    public static KubernetesClientConfiguration Load(string? kubeconfigPath = null, string? context = null, TimeProvider? time = null) =>
        ConfigurationSources.OfThisProcess.Load(kubeconfigPath, context, time ?? TimeProvider.System);
}
