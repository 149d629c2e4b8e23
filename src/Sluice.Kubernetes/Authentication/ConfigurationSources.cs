using System.Security.Cryptography;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Authentication;

/// <summary>Where a configuration is looked for.</summary>
internal sealed record ConfigurationSources(Func<string, string?> Variable, string HomeFolder, string ServiceAccountFolder)
{
    public static ConfigurationSources OfThisProcess { get; } = new(
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        "/var/run/secrets/kubernetes.io/serviceaccount");

    /// <summary>The path given, else the files of KUBECONFIG, else the pod's own account, else ~/.kube/config.</summary>
    /// <exception cref="KubernetesConfigurationException">None of them is there, or what is there is wrong.</exception>
    public KubernetesClientConfiguration Load(string? kubeconfigPath, string? context, TimeProvider time)
    {
        if (!string.IsNullOrEmpty(kubeconfigPath))
            return FromFiles([kubeconfigPath], context, time);

        if (Variable("KUBECONFIG") is { Length: > 0 } paths)
            return FromFiles(paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), context, time);

        if (context is null && InCluster(time) is { } configuration)
            return configuration;

        return FromFiles([Path.Combine(HomeFolder, ".kube", "config")], context, time);
    }

    private KubernetesClientConfiguration FromFiles(IReadOnlyList<string> paths, string? context, TimeProvider time)
    {
        var configuration = KubeConfigResolver.Resolve(KubeConfig.Read(paths).Select(context), time);
        return configuration with { Proxy = configuration.Proxy ?? EnvironmentProxy.For(configuration.Server, Variable) };
    }

    private KubernetesClientConfiguration? InCluster(TimeProvider time)
    {
        var token = Path.Combine(ServiceAccountFolder, "token");
        if (Variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || !File.Exists(token))
            return null;

        var port = int.TryParse(Variable("KUBERNETES_SERVICE_PORT"), out var number) ? number : 443;
        var server = new UriBuilder("https", host, port).Uri;
        var authorities = Path.Combine(ServiceAccountFolder, "ca.crt");
        try
        {
            return new KubernetesClientConfiguration
            {
                Server = server,
                CertificateAuthorities = CertificatePem.ReadAll(File.ReadAllText(authorities)),
                Credentials = new FileCredentials(new FileCredentialSource(token, () => File.ReadAllText(token)), time),
                Namespace = NamespaceOfPod(),
                Proxy = EnvironmentProxy.For(server, Variable),
            };
        }
        catch (CryptographicException error)
        {
            throw new KubernetesConfigurationException($"{authorities}: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"the service account of this pod cannot be read: {error.Message}", error);
        }
    }

    private string NamespaceOfPod()
    {
        var path = Path.Combine(ServiceAccountFolder, "namespace");
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } ns ? ns : "default";
    }
}
