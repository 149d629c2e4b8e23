namespace Sluice.Kubernetes.Authentication;

/// <summary>A cluster or a user of a kubeconfig.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Value">As it is written.</param>
/// <param name="File">The absolute path of the file it stands in; relative paths in it start from that file's folder.</param>
internal sealed record KubeConfigPart<T>(string Name, T Value, string File)
{
    public string PathOf(string relative) => Path.Combine(Path.GetDirectoryName(File)!, relative);

    /// <summary>The error that names the file, this part and what is wrong with it.</summary>
    public KubernetesConfigurationException Refused(string why, Exception? cause = null) => new($"{File}: {Name}: {why}", cause);

    public override string ToString() => $"{File}: {Name}";
}
