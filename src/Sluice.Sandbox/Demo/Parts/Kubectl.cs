using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Demo.Parts;

/// <summary>How a run of kubectl ended.</summary>
public sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>The real kubectl against one API server; its discovery cache stays out of the user's home.</summary>
public sealed class Kubectl(string program, string kubeconfig, string cacheFolder, string workingFolder)
{
    /// <summary>Runs to the end, whatever the exit code.</summary>
    public async Task<KubectlResult> TryAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        process.Start();
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs to the end; returns what it printed.</summary>
    /// <exception cref="SandboxException">It failed; the message is kubectl's.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var result = await TryAsync(arguments, ct);
        return result.Succeeded
            ? result.Output
            : throw new SandboxException($"kubectl {string.Join(' ', arguments)} ended with exit code {result.ExitCode}: {result.Error.Trim()}");
    }

    /// <summary>Runs until it ends or is cancelled; yields each JSON document as it is printed. The last line of a document is the only one that begins with a brace that closes.</summary>
    public async IAsyncEnumerable<JsonNode> WatchAsync(IReadOnlyList<string> arguments, [EnumeratorCancellation] CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        process.Start();
        process.StandardInput.Close();
        try
        {
            var document = new StringBuilder();
            while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                document.AppendLine(line);
                if (line != "}") continue;

                yield return JsonNode.Parse(document.ToString())!;
                document.Clear();
            }
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo StartInfo(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["KUBECACHEDIR"] = cacheFolder;
        return start;
    }
}
