using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Sluice.Simulation.Power;

/// <summary>The planted bugs of <c>Power/Bugs/*.yaml</c>, by file and in the order in which they stand there.</summary>
internal static class BugList
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();

    /// <exception cref="FormatException">A file cannot be read, a field is missing, or two bugs have one name.</exception>
    public static IReadOnlyList<PlantedBug> Read(string folder)
    {
        var bugs = Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(ReadFile).ToList();
        if (bugs.GroupBy(bug => bug.Name).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new FormatException($"two bugs are named {twice.Key}");
        return bugs;
    }

    private static IEnumerable<PlantedBug> ReadFile(string file)
    {
        try
        {
            return [.. Yaml.Deserialize<List<Entry>>(File.ReadAllText(file)).Select(entry => entry.ToBug())];
        }
        catch (Exception wrong) when (wrong is YamlDotNet.Core.YamlException or FormatException)
        {
            throw new FormatException($"{Path.GetFileName(file)}: {wrong.Message}", wrong);
        }
    }

    private sealed class Entry
    {
        public string? Name { get; set; }

        public string? Breaks { get; set; }

        public string? File { get; set; }

        public string? Find { get; set; }

        public string? Replace { get; set; }

        public PlantedBug ToBug() => new()
        {
            Name = Required(Name, "name"),
            Breaks = Required(Breaks, "breaks"),
            File = Required(File, "file"),
            Find = Required(Find, "find"),
            Replace = Replace ?? throw new FormatException($"{Name}: replace is required; '' for nothing"),
        };

        private string Required(string? value, string field) =>
            string.IsNullOrEmpty(value) ? throw new FormatException($"{Name ?? "a bug without a name"}: {field} is required") : value;
    }
}
