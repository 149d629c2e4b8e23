namespace Sluice.Sandbox.Demo.Parts;

/// <summary>What the sandbox takes from the repository that it was built in.</summary>
/// <param name="Root">The folder of the solution.</param>
public sealed record Repository(string Root)
{
    private const string Solution = "Operator.sln";
    private const string OperatorFile = "Sluice.Operator.dll";

    /// <summary>For <c>kubectl apply -k</c>.</summary>
    public string Definitions => Path.Combine(Root, "config", "crd");

    public string Samples => Path.Combine(Root, "config", "samples");

    /// <summary>Looks upwards from the folder of this program, then from the current one.</summary>
    /// <exception cref="SandboxException">The program runs outside of a clone.</exception>
    public static Repository Find()
    {
        var root = Upwards(AppContext.BaseDirectory) ?? Upwards(Environment.CurrentDirectory);
        return root is null
            ? throw new SandboxException($"the sandbox needs the CRDs and samples of Sluice's repository: no folder with {Solution} above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}")
            : new Repository(root);
    }

    /// <summary>The operator's assembly: of the same configuration as this program, else next to it. It may not have been built yet.</summary>
    public string OperatorAssembly => OperatorPlaces().FirstOrDefault(IsRunnable) ?? OperatorPlaces()[0];

    /// <summary>Makes sure that there is an operator to start.</summary>
    /// <exception cref="SandboxException">It has not been built.</exception>
    public void RequireOperator()
    {
        if (IsRunnable(OperatorAssembly)) return;
        throw new SandboxException($"the operator is not built: run 'dotnet build src/Sluice.Operator --configuration {Configuration}' (looked for {string.Join(" and ", OperatorPlaces())})");
    }

    // .../bin/<configuration>/<framework>/ is where this program lies, and the operator likewise in its own project.
    private static DirectoryInfo OwnFolder => new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    private static string Configuration => OwnFolder.Parent?.Name ?? "Release";

    private string[] OperatorPlaces() =>
    [
        Path.Combine(Root, "src", "Sluice.Operator", "bin", Configuration, OwnFolder.Name, OperatorFile),
        Path.Combine(OwnFolder.FullName, OperatorFile),
    ];

    private static bool IsRunnable(string assembly) => File.Exists(assembly) && File.Exists(Path.ChangeExtension(assembly, ".runtimeconfig.json"));

    private static string? Upwards(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution))) return folder.FullName;
        }

        return null;
    }
}
