using Sluice.Api;

namespace Sluice.CrdGenerator;

/// <summary>The content of <c>config/crd</c>: one file for each kind, and a kustomization that lists them.</summary>
internal static class CrdFiles
{
    private const string Header = "# Generated from the records in src/Sluice.Api by `make generate`: change those, not this file.\n";

    /// <summary>Every custom resource there is; a test holds it complete.</summary>
    public static IReadOnlyList<Type> Kinds { get; } = [typeof(AnalysisTemplate), typeof(Decision), typeof(Migration), typeof(Release), typeof(Rollout)];

    /// <summary>File names and contents, the same for the same records on every machine.</summary>
    public static IReadOnlyDictionary<string, string> Generate()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var kind in Kinds)
        {
            var definition = CustomResourceDefinition.Of(kind);
            files.Add(definition.FileName, Header + Yaml.Write(definition.Content));
        }

        var kustomization = new YamlMap
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = files.Keys.ToList(),
        };
        files.Add("kustomization.yaml", Header + Yaml.Write(kustomization));
        return files;
    }
}
