using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>What the chart's templates say, each with its path in the chart.</summary>
internal sealed record RenderedChart(IReadOnlyList<(string Source, string Text)> Templates)
{
    private const string Separator = "---\n# Source: sluice/templates/";
    private const string NotesFile = "NOTES.txt";
    private const string DefinitionsFile = "crds.yaml";

    public string Notes => Templates.Single(template => template.Source == NotesFile).Text;

    /// <summary>What is sent to the cluster.</summary>
    public string Manifests => Join(template => template != NotesFile);

    /// <summary>Everything but the CRDs, which are files of their own already.</summary>
    public string WithoutDefinitions => Join(template => template != DefinitionsFile);

    public IReadOnlyList<YamlMappingNode> Objects => YamlObjects.Parse(Manifests);

    public IReadOnlyList<YamlMappingNode> Definitions => YamlObjects.Parse(Join(template => template == DefinitionsFile));

    public static RenderedChart Parse(string output) => new(
    [
        .. output.Split(Separator, StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n', 2)).Select(lines => (lines[0], lines[1])),
    ]);

    private string Join(Func<string, bool> isWanted) =>
        string.Concat(Templates.Where(template => isWanted(template.Source)).Select(template => $"{Separator}{template.Source}\n{template.Text}"));
}

/// <summary>Reads manifests.</summary>
internal static class YamlObjects
{
    /// <summary>The objects of a stream; documents without content do not count.</summary>
    public static IReadOnlyList<YamlMappingNode> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    public static string Text(this YamlNode node, params IReadOnlyList<string> path) => path.Aggregate(node, (inner, field) => inner[field]).ToString();

    public static IReadOnlyList<YamlMappingNode> OfKind(this IEnumerable<YamlMappingNode> objects, string kind) => [.. objects.Where(item => item.Text("kind") == kind)];
}
