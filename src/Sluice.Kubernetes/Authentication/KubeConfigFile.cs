using YamlDotNet.Serialization;

namespace Sluice.Kubernetes.Authentication;

/// <summary>A kubeconfig file as it is written.</summary>
internal sealed class KubeConfigFile
{
    public string? CurrentContext { get; set; }

    public List<KubeConfigEntry>? Clusters { get; set; }

    public List<KubeConfigEntry>? Users { get; set; }

    public List<KubeConfigEntry>? Contexts { get; set; }
}

/// <summary>A named entry; one of the three parts is set, by the list that it stands in.</summary>
internal sealed class KubeConfigEntry
{
    public string? Name { get; set; }

    public KubeConfigCluster? Cluster { get; set; }

    public KubeConfigUser? User { get; set; }

    public KubeConfigContext? Context { get; set; }
}

internal sealed class KubeConfigCluster
{
    public string? Server { get; set; }

    public string? CertificateAuthority { get; set; }

    public string? CertificateAuthorityData { get; set; }

    public bool InsecureSkipTlsVerify { get; set; }

    public string? TlsServerName { get; set; }

    public string? ProxyUrl { get; set; }
}

internal sealed class KubeConfigContext
{
    public string? Cluster { get; set; }

    public string? User { get; set; }

    public string? Namespace { get; set; }
}

internal sealed class KubeConfigUser
{
    public string? Token { get; set; }

    [YamlMember(Alias = "tokenFile", ApplyNamingConventions = false)]
    public string? TokenFile { get; set; }

    public string? ClientCertificate { get; set; }

    public string? ClientCertificateData { get; set; }

    public string? ClientKey { get; set; }

    public string? ClientKeyData { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    public string? As { get; set; }

    public string? AsUid { get; set; }

    public List<string?>? AsGroups { get; set; }

    public Dictionary<string, List<string?>?>? AsUserExtra { get; set; }

    public KubeConfigExec? Exec { get; set; }

    /// <summary>Only to be refused by name: Kubernetes removed these in favour of exec plugins.</summary>
    public object? AuthProvider { get; set; }
}

internal sealed record KubeConfigExec
{
    [YamlMember(Alias = "apiVersion", ApplyNamingConventions = false)]
    public string? ApiVersion { get; set; }

    public string? Command { get; set; }

    public List<string?>? Args { get; set; }

    public List<KubeConfigExecVariable>? Env { get; set; }

    [YamlMember(Alias = "interactiveMode", ApplyNamingConventions = false)]
    public string? InteractiveMode { get; set; }

    [YamlMember(Alias = "provideClusterInfo", ApplyNamingConventions = false)]
    public bool ProvideClusterInfo { get; set; }

    [YamlMember(Alias = "installHint", ApplyNamingConventions = false)]
    public string? InstallHint { get; set; }
}

internal sealed class KubeConfigExecVariable
{
    public string? Name { get; set; }

    public string? Value { get; set; }
}
