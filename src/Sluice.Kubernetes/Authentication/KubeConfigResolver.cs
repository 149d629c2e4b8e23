using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Turns the parts of a kubeconfig's context into a configuration, reading certificates and keys.</summary>
internal static class KubeConfigResolver
{
    /// <summary>Reads what the context refers to; exec plugins run later, with the first request.</summary>
    /// <exception cref="KubernetesConfigurationException">Something is missing, contradictory, unreadable or not supported.</exception>
    public static KubernetesClientConfiguration Resolve(KubeConfigSelection selection, TimeProvider time)
    {
        var part = selection.Cluster;
        var cluster = part.Value;
        var authorities = Authorities(part);
        if (cluster.InsecureSkipTlsVerify && authorities is not null)
            throw part.Refused("insecure-skip-tls-verify: must not be there beside a certificate-authority");

        return new KubernetesClientConfiguration
        {
            Server = KubeAddress.TryServer(cluster.Server) ?? throw part.Refused("server: not an address that begins with https:// or http://"),
            CertificateAuthorities = authorities is null ? null : Certificates(authorities, part),
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            TlsServerName = string.IsNullOrEmpty(cluster.TlsServerName) ? null : cluster.TlsServerName,
            Proxy = Proxy(part),
            Namespace = string.IsNullOrEmpty(selection.Context.Namespace) ? "default" : selection.Context.Namespace,
            Credentials = Credentials(selection, authorities, time),
            Impersonate = KubeConfigImpersonation.Read(selection.User),
        };
    }

    private static Uri? Proxy(KubeConfigPart<KubeConfigCluster> cluster) => string.IsNullOrEmpty(cluster.Value.ProxyUrl)
        ? null
        : KubeAddress.TryProxy(cluster.Value.ProxyUrl) ?? throw cluster.Refused("proxy-url: not an address that begins with http://, https:// or socks5://");

    private static string? Authorities(KubeConfigPart<KubeConfigCluster> cluster)
    {
        try
        {
            return Text(cluster, cluster.Value.CertificateAuthorityData, cluster.Value.CertificateAuthority, "certificate-authority")?.Invoke();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw cluster.Refused($"certificate-authority: {error.Message}", error);
        }
    }

    private static X509Certificate2Collection Certificates(string pem, KubeConfigPart<KubeConfigCluster> cluster)
    {
        try
        {
            return CertificatePem.ReadAll(pem);
        }
        catch (CryptographicException error)
        {
            throw cluster.Refused($"certificate-authority: {error.Message}", error);
        }
    }

    private static IKubernetesCredentials Credentials(KubeConfigSelection selection, string? authorities, TimeProvider time)
    {
        var part = selection.User;
        var user = part.Value;
        if (user.AuthProvider is not null)
            throw part.Refused("auth-provider: not supported, use an exec plugin");

        var hasToken = !string.IsNullOrEmpty(user.Token) || !string.IsNullOrEmpty(user.TokenFile);
        if (hasToken && !string.IsNullOrEmpty(user.Username))
            throw part.Refused("username: must not be there beside a token");

        // A token counts before a plugin, as kubectl has it.
        return user.Exec is { } exec && !hasToken
            ? new ExecCredentials(ExecPlugin.From(exec, selection, authorities), time)
            : new FileCredentials(Source(part), time);
    }

    /// <summary>Data given in the kubeconfig counts before a file, except that a token file counts before a token: as kubectl has it.</summary>
    private static FileCredentialSource Source(KubeConfigPart<KubeConfigUser> part)
    {
        var user = part.Value;
        var certificate = Text(part, user.ClientCertificateData, user.ClientCertificate, "client-certificate");
        var key = Text(part, user.ClientKeyData, user.ClientKey, "client-key");
        if (certificate is null != key is null)
            throw part.Refused("client-certificate and client-key need each other");

        if (!string.IsNullOrEmpty(user.ClientCertificateData) && !string.IsNullOrEmpty(user.ClientKeyData))
            RequireUsable(part, certificate!(), key!());

        if (!string.IsNullOrEmpty(user.Username))
            return new FileCredentialSource(part.ToString(), Constant(Base64($"{user.Username}:{user.Password}")), certificate, key, Scheme: "Basic");

        var token = string.IsNullOrEmpty(user.TokenFile) ? Constant(user.Token) : FileText(part.PathOf(user.TokenFile));
        return new FileCredentialSource(part.ToString(), token, certificate, key);
    }

    /// <summary>What will not change is refused at once, rather than with the first request.</summary>
    private static void RequireUsable(KubeConfigPart<KubeConfigUser> user, string certificate, string key)
    {
        try
        {
            CertificatePem.ReadClient(certificate, key).Certificate.Dispose();
        }
        catch (CryptographicException error)
        {
            throw user.Refused($"client-certificate-data and client-key-data: {error.Message}", error);
        }
    }

    private static Func<string>? Text<T>(KubeConfigPart<T> part, string? data, string? path, string field)
    {
        if (!string.IsNullOrEmpty(data))
            return Constant(Decode(part, data, field));

        return string.IsNullOrEmpty(path) ? null : FileText(part.PathOf(path));
    }

    private static Func<string>? Constant(string? text) => string.IsNullOrEmpty(text) ? null : () => text;

    private static Func<string> FileText(string path) => () => File.ReadAllText(path);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decode<T>(KubeConfigPart<T> part, string data, string field)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException)
        {
            throw part.Refused($"{field}-data: not base64");
        }
    }
}
