using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>A kubectl on this machine, as major and minor version.</summary>
internal sealed partial record KubectlBinary(string Path, Version Version)
{
    /// <summary>The oldest version that the sandbox is made for.</summary>
    public static readonly Version Oldest = new(1, 29);

    /// <summary>
    /// Every version from <see cref="Oldest"/> on, once: programs called <c>kubectl</c> or <c>kubectl.X.Y</c> in the folders of PATH and in the one that the
    /// kubectl of the PATH lies in when its links are followed. A program that is called by its version goes before one that may hand over to another.
    /// </summary>
    public static IReadOnlyList<KubectlBinary> All { get; } =
    [
        .. Candidates().Select(Ask).OfType<KubectlBinary>().Where(binary => binary.Version >= Oldest).DistinctBy(binary => binary.Version).OrderBy(binary => binary.Version),
    ];

    public static KubectlBinary Of(string version) => All.Single(binary => binary.ToString() == version);

    public override string ToString() => $"{Version.Major}.{Version.Minor}";

    private static IEnumerable<string> Candidates()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var first = folders.Select(folder => System.IO.Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
        var home = first is null ? null : System.IO.Path.GetDirectoryName(File.ResolveLinkTarget(first, returnFinalTarget: true)?.FullName ?? first);
        return folders.Append(home).OfType<string>().Distinct().Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "kubectl*"))
            .Where(path => Name().IsMatch(System.IO.Path.GetFileName(path)))
            .OrderByDescending(path => System.IO.Path.GetFileName(path).Length);
    }

    private static KubectlBinary? Ask(string path)
    {
        var start = new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (ReadOnlySpan<string>)["version", "--client", "--output=json"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) return null;
        var version = JsonNode.Parse(output)!["clientVersion"]!;
        var minor = Digits().Match(version["minor"]!.GetValue<string>()).Value;
        return Version.TryParse($"{version["major"]!.GetValue<string>()}.{minor}", out var parsed) ? new KubectlBinary(path, parsed) : null;
    }

    [GeneratedRegex(@"^kubectl(\.\d+\.\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    // Some builds say "32+".
    [GeneratedRegex(@"^\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
