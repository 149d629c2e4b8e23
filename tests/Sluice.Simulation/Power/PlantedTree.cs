using System.Text;

namespace Sluice.Simulation.Power;

/// <summary>A copy of what the simulation is built from, with all planted bugs in it. The repository itself never holds a switch.</summary>
internal static class PlantedTree
{
    private const string SwitchFile = "src/Sluice.Kubernetes.Models/PlantedBugs.cs";

    /// <summary>In the project that all others refer to, and in no namespace: so each place can name it.</summary>
    private const string SwitchText = """
        /// <summary>Says which planted bug is switched on; one at a time for the whole process.</summary>
        public static class PlantedBugs
        {
            private static volatile string? present = System.Environment.GetEnvironmentVariable("PLANTED_BUG");

            [System.ThreadStatic]
            private static System.Collections.Generic.HashSet<string>? reached;

            public static bool Is(string name)
            {
                reached?.Add(name);
                return present is { } on && on == name;
            }

            public static void Watch(System.Collections.Generic.HashSet<string>? names) => reached = names;

            public static void SwitchTo(string? name) => present = name;
        }
        """;

    private static readonly string[] Copied = ["src", "config", "tests/Sluice.Simulation", "tests/Shared", "tests/Sluice.Api.Tests/Invalid"];

    private static readonly string[] CopiedFiles =
        ["Directory.Build.props", "Directory.Packages.props", "global.json", "BannedSymbols.txt", ".editorconfig", "tests/Directory.Build.props"];

    /// <summary>Where the bugs are in the repository, and in a copy of it.</summary>
    public static string BugsIn(string root) => Path.Combine(root, "tests", "Sluice.Simulation", "Power", "Bugs");

    /// <summary>Brings the copy up to date; files that have not changed are left alone, so that only what depends on the others is built again.</summary>
    /// <returns>The planted bugs.</returns>
    /// <exception cref="FormatException">A bug cannot be planted.</exception>
    public static IReadOnlyList<PlantedBug> Write(string root, string destination)
    {
        var bugs = BugList.Read(BugsIn(root));
        var texts = bugs.GroupBy(bug => bug.File).ToDictionary(file => file.Key, file => SourceMutation.Apply(File.ReadAllText(Path.Combine(root, file.Key)), [.. file]));
        var files = Copied.SelectMany(folder => FilesIn(root, folder)).Concat(CopiedFiles).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var content = texts.TryGetValue(file, out var text) ? Encoding.UTF8.GetBytes(text) : File.ReadAllBytes(Path.Combine(root, file));
            WriteIfChanged(Path.Combine(destination, file), content);
        }

        WriteIfChanged(Path.Combine(destination, SwitchFile), Encoding.UTF8.GetBytes(SwitchText));
        foreach (var stale in Copied.SelectMany(folder => FilesIn(destination, folder)).Where(file => file != SwitchFile && !files.Contains(file)))
        {
            File.Delete(Path.Combine(destination, stale));
        }

        return bugs;
    }

    private static List<string> FilesIn(string root, string folder) => !Directory.Exists(Path.Combine(root, folder)) ? [] :
    [
        .. Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj")),
    ];

    private static void WriteIfChanged(string file, byte[] content)
    {
        if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content)) return;

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
