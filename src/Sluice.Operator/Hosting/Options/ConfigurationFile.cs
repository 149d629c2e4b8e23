using Sluice.Operator.Metrics.Sources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Operator.Hosting.Options;

/// <summary>The configuration file: options under their names in camel case, and the metric sources. Unknown fields are errors, so that no misspelt one passes as a default.</summary>
internal sealed record ConfigurationFile(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<MetricSourceOptions> MetricSources)
{
    public static ConfigurationFile Empty { get; } = new(new Dictionary<string, string>(), []);

    public static ConfigurationFile Read(string file, List<string> problems)
    {
        try
        {
            return Parse(File.ReadAllText(file), file, problems);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{Settings.Config.Name} '{file}': cannot be read: {error.Message}");
            return Empty;
        }
    }

    internal static ConfigurationFile Parse(string yaml, string file, List<string> problems)
    {
        if (ConfigurationYaml.Load(yaml, out var problem) is not { } stream)
        {
            problems.Add($"{file}: {problem}");
            return Empty;
        }

        if (stream.Documents.Count == 0) return Empty;
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            problems.Add($"{file}: is not one YAML mapping");
            return Empty;
        }

        return new ConfigurationFile(ReadFields(root, file, problems), ReadMetricSources(root, file, problems));
    }

    private static Dictionary<string, string> ReadFields(YamlMappingNode root, string file, List<string> problems)
    {
        var known = Settings.All.Where(setting => setting != Settings.Config).Select(setting => setting.Field).ToHashSet();
        var fields = new Dictionary<string, string>();
        foreach (var (key, value) in root.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (name == MetricSourcesYaml.Section) continue;
            if (!known.Contains(name)) problems.Add($"{file}: {name}: is unknown");
            else if (value is not YamlScalarNode { Value: { } text } scalar) problems.Add($"{file}: {name}: must be a plain value");
            else if (!IsNull(scalar)) fields[name] = text;
        }

        return fields;
    }

    private static IReadOnlyList<MetricSourceOptions> ReadMetricSources(YamlMappingNode root, string file, List<string> problems)
    {
        switch (MetricSourcesYaml.Read(root))
        {
            case MetricSourcesRead.Valid(var sources):
                return sources;
            case MetricSourcesRead.Invalid(var errors):
                problems.AddRange(errors.Select(error => $"{file}: {error}"));
                return [];
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool IsNull(YamlScalarNode node) => node is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };
}
