using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>Someone with one version of kubectl, in a namespace of their own.</summary>
internal sealed class KubectlUser(KubectlCluster cluster, string ns)
{
    // A busy machine may take its time; a hung kubectl must not take the suite with it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Namespace => ns;

    public Version Version => cluster.Binary.Version;

    /// <summary>Runs to the end and expects success; the standard output.</summary>
    public async Task<string> RunAsync(string arguments, string input = "")
    {
        var result = await TryAsync(arguments, input);
        result.ExitCode.ShouldBe(0, $"kubectl {arguments}\n{result.Everything}");
        return result.Output;
    }

    /// <summary>Runs to the end and expects exit code 1; what it says is wrong.</summary>
    public async Task<string> FailAsync(string arguments, string input = "", string editor = "")
    {
        var result = await TryAsync(arguments, input, editor);
        result.ExitCode.ShouldBe(1, $"kubectl {arguments}\n{result.Everything}");
        return result.Error;
    }

    public async Task<KubectlResult> TryAsync(string arguments, string input = "", string editor = "")
    {
        using var process = Start(arguments, editor);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await WriteAsync(process, input);
            await process.WaitForExitAsync(patience.Token);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Reads a command that goes on, until a line satisfies.</summary>
    public async Task<IReadOnlyList<string>> FollowAsync(string arguments, Func<Task> afterFirstLine, Func<string, bool> isLast)
    {
        using var process = Start(arguments, "");
        using var patience = new CancellationTokenSource(Patience);
        var lines = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                lines.Add(line);
                if (isLast(line)) break;
                if (lines.Count == 1) await afterFirstLine();
            }
        }
        finally
        {
            process.Kill();
        }

        return lines;
    }

    /// <summary>What the API server has stored; null where there is nothing.</summary>
    public JsonObject? Find(string groupResource, string name) => cluster.Host.ApiServer.Find(groupResource, ns, name);

    /// <summary>What the API server has stored of a resource in this namespace.</summary>
    public IReadOnlyList<JsonObject> List(string groupResource) =>
        [.. cluster.Host.ApiServer.List(groupResource).Where(item => item["metadata"]!["namespace"]?.GetValue<string>() == ns)];

    /// <summary>Waits until the stored object is so.</summary>
    public async Task UntilAsync(string groupResource, string name, Func<JsonObject?, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition(Find(groupResource, name))) await timer.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>Writes past kubectl, as a controller does.</summary>
    public void SetStatus(string groupVersion, string plural, string name, string status) =>
        cluster.Send("PATCH", $"/apis/{groupVersion}/namespaces/{ns}/{plural}/{name}/status", $$"""{"status":{{status}} }""", "application/merge-patch+json");

    /// <summary>Creates past kubectl.</summary>
    public void Create(string path, string body) => cluster.Send("POST", path, body, "application/json");

    /// <summary>A file that commands can name.</summary>
    public string File(string content)
    {
        var path = Path.Combine(cluster.Folder, $"{Guid.NewGuid():N}.yaml");
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private Process Start(string arguments, string editor)
    {
        var start = new ProcessStartInfo(cluster.Binary.Path) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--namespace", ns, .. Split(arguments)]) start.ArgumentList.Add(argument);
        start.Environment["KUBECONFIG"] = cluster.Host.KubeconfigPath;
        start.Environment["HOME"] = cluster.Folder;
        start.Environment["KUBE_EDITOR"] = editor;
        // Some versions colour what they print.
        start.Environment["TERM"] = "dumb";
        return Process.Start(start)!;
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A command that fails at once does not read its input.
        }
    }

    // Words as a shell splits them, with single quotes only.
    private static IEnumerable<string> Split(string arguments)
    {
        var word = new StringBuilder();
        var quoted = false;
        foreach (var character in arguments + " ")
        {
            if (character == '\'') quoted = !quoted;
            else if (character != ' ' || quoted) word.Append(character);
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }
}
