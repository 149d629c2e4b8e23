using System.Net.Http.Headers;
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
        var cluster = selection.Cluster;
        var authorities = Pem(cluster.CertificateAuthorityData, cluster.CertificateAuthority, selection.ClusterFolder, "certificate-authority");
        if (cluster.InsecureSkipTlsVerify && authorities is not null)
            throw new KubernetesConfigurationException("a cluster with insecure-skip-tls-verify must not name a certificate-authority as well");

        return new KubernetesClientConfiguration
        {
            Server = Address(cluster.Server, "server"),
            CertificateAuthorities = authorities is null ? null : Certificates(authorities, "certificate-authority"),
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            TlsServerName = string.IsNullOrEmpty(cluster.TlsServerName) ? null : cluster.TlsServerName,
            Proxy = string.IsNullOrEmpty(cluster.ProxyUrl) ? null : Address(cluster.ProxyUrl, "proxy-url"),
            Namespace = string.IsNullOrEmpty(selection.Context.Namespace) ? "default" : selection.Context.Namespace,
            Credentials = Credentials(selection, authorities, time),
        };
    }

    internal static X509Certificate2Collection Certificates(string pem, string field)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0 ? certificates : throw new KubernetesConfigurationException($"{field}: no certificate in it");
        }
        catch (CryptographicException error)
        {
            throw new KubernetesConfigurationException($"{field}: not a certificate", error);
        }
    }

    private static Uri Address(string? text, string field) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "socks5"
            ? address
            : throw new KubernetesConfigurationException($"{field}: not an address");

    private static IKubernetesCredentials Credentials(KubeConfigSelection selection, string? authorities, TimeProvider time)
    {
        var user = selection.User;
        if (user.AuthProvider is not null)
            throw new KubernetesConfigurationException("auth-provider is not supported: use an exec plugin");

        if (!string.IsNullOrEmpty(user.As))
            throw new KubernetesConfigurationException("impersonation ('as') is not supported");

        if (user.Exec is { } exec)
            return new ExecCredentials(ExecPlugin.From(exec, selection, authorities), time);

        if (!string.IsNullOrEmpty(user.Username))
            return new StaticCredentials(new KubernetesCredential(Basic(user.Username, user.Password ?? "")));

        return new FileCredentials(Source(user, selection.UserFolder), time);
    }

    private static AuthenticationHeaderValue Basic(string username, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));

    /// <summary>Data given in the kubeconfig counts before a file, except that a token file counts before a token: as kubectl has it.</summary>
    private static FileCredentialSource Source(KubeConfigUser user, string folder)
    {
        var certificate = Text(user.ClientCertificateData, user.ClientCertificate, folder, "client-certificate");
        var key = Text(user.ClientKeyData, user.ClientKey, folder, "client-key");
        if (certificate is null != key is null)
            throw new KubernetesConfigurationException("client-certificate and client-key need each other");

        var token = string.IsNullOrEmpty(user.TokenFile)
            ? Constant(user.Token)
            : FileText(Path.Combine(folder, user.TokenFile));
        return new FileCredentialSource(token, certificate, key);
    }

    private static Func<string>? Text(string? data, string? path, string folder, string field)
    {
        if (!string.IsNullOrEmpty(data))
            return Constant(Decode(data, field));

        return string.IsNullOrEmpty(path) ? null : FileText(Path.Combine(folder, path));
    }

    private static Func<string>? Constant(string? text) => string.IsNullOrEmpty(text) ? null : () => text;

    private static Func<string> FileText(string path) => () => File.ReadAllText(path);

    private static string? Pem(string? data, string? path, string folder, string field)
    {
        try
        {
            return Text(data, path, folder, field)?.Invoke();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{field}: {error.Message}", error);
        }
    }

    private static string Decode(string data, string field)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException)
        {
            throw new KubernetesConfigurationException($"{field}-data: not base64");
        }
    }
}
