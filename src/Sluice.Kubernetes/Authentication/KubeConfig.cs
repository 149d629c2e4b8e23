using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Sluice.Kubernetes.Authentication;

/// <summary>
/// One or several kubeconfig files as one: of entries with the same name, and of current contexts, the first file's counts.
/// Relative paths are relative to the file that names them.
/// </summary>
internal sealed class KubeConfig
{
    private readonly Dictionary<string, KubeConfigPart<KubeConfigCluster>> clusters = [];
    private readonly Dictionary<string, KubeConfigPart<KubeConfigUser>> users = [];
    private readonly Dictionary<string, KubeConfigContext> contexts = [];
    private readonly string description;
    private string? currentContext;

    private KubeConfig(string description) => this.description = description;

    /// <summary>Reads and merges; files that do not exist are passed over, as long as one does.</summary>
    /// <exception cref="KubernetesConfigurationException">A file cannot be read, or none exists.</exception>
    public static KubeConfig Read(IReadOnlyList<string> paths)
    {
        var merged = new KubeConfig(string.Join(Path.PathSeparator, paths));
        var existing = paths.Where(File.Exists).ToList();
        if (existing.Count == 0)
            throw new KubernetesConfigurationException($"no kubeconfig at {merged.description}");

        foreach (var path in existing)
            merged.Add(ReadFile(path), Path.GetFullPath(path));

        return merged;
    }

    /// <summary>The parts of a context, of the current one when null.</summary>
    /// <exception cref="KubernetesConfigurationException">The context or what it refers to does not exist.</exception>
    public KubeConfigSelection Select(string? context)
    {
        var name = context ?? currentContext;
        if (string.IsNullOrEmpty(name))
            throw new KubernetesConfigurationException($"{description}: no current-context, and none was asked for");

        if (!contexts.TryGetValue(name, out var chosen))
            throw new KubernetesConfigurationException($"{description}: no context '{name}' (known: {string.Join(", ", contexts.Keys.Order(StringComparer.Ordinal))})");

        if (chosen.Cluster is null || !clusters.TryGetValue(chosen.Cluster, out var cluster))
            throw new KubernetesConfigurationException($"{description}: context '{name}' refers to cluster '{chosen.Cluster}', which does not exist");

        if (string.IsNullOrEmpty(chosen.User))
            return new(chosen, cluster, new("nobody", new KubeConfigUser(), cluster.File));

        return users.TryGetValue(chosen.User, out var user)
            ? new(chosen, cluster, user)
            : throw new KubernetesConfigurationException($"{description}: context '{name}' refers to user '{chosen.User}', which does not exist");
    }

    private static KubeConfigFile ReadFile(string path)
    {
        try
        {
            var deserializer = new DeserializerBuilder().WithNamingConvention(HyphenatedNamingConvention.Instance).IgnoreUnmatchedProperties().Build();
            using var reader = File.OpenText(path);
            return deserializer.Deserialize<KubeConfigFile?>(reader) ?? new KubeConfigFile();
        }
        catch (YamlException error)
        {
            // The exception's own text may quote the file, and with it a secret: only the place is told.
            throw new KubernetesConfigurationException($"{path}: not a kubeconfig, see line {error.Start.Line}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{path}: {error.Message}", error);
        }
    }

    private void Add(KubeConfigFile file, string path)
    {
        currentContext ??= string.IsNullOrEmpty(file.CurrentContext) ? null : file.CurrentContext;
        foreach (var entry in Named(file.Clusters))
            clusters.TryAdd(entry.Name!, new($"cluster '{entry.Name}'", entry.Cluster ?? new KubeConfigCluster(), path));

        foreach (var entry in Named(file.Users))
            users.TryAdd(entry.Name!, new($"user '{entry.Name}'", entry.User ?? new KubeConfigUser(), path));

        foreach (var entry in Named(file.Contexts))
            contexts.TryAdd(entry.Name!, entry.Context ?? new KubeConfigContext());
    }

    private static IEnumerable<KubeConfigEntry> Named(List<KubeConfigEntry>? entries) => (entries ?? []).Where(entry => entry?.Name is not null);
}

/// <summary>What a context selects.</summary>
internal sealed record KubeConfigSelection(KubeConfigContext Context, KubeConfigPart<KubeConfigCluster> Cluster, KubeConfigPart<KubeConfigUser> User);
