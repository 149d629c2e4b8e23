using System.Diagnostics;
using System.Text;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Tests.ApiServer;

internal sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public string Everything => Output + Error;
}

/// <summary>The kubectl on the PATH, pointed at a sandbox that is served for as long as this lives.</summary>
public sealed class Kubectl : IAsyncLifetime
{
    // A busy machine may take its time; a hung kubectl must not take the suite with it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-kubectl-").FullName;
    private SandboxHost? _host;

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    internal SandboxHost Host => _host!;

    public async ValueTask InitializeAsync() =>
        _host = await SandboxHost.StartAsync(new SandboxHostOptions(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs to the end and expects success.</summary>
    internal async Task<string> RunAsync(string arguments, string input = "")
    {
        var result = await TryAsync(arguments, input);
        result.ExitCode.ShouldBe(0, $"kubectl {arguments}\n{result.Everything}");
        return result.Output;
    }

    internal async Task<KubectlResult> TryAsync(string arguments, string input = "", string editor = "")
    {
        using var process = Start(arguments, editor);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
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
    internal async Task<IReadOnlyList<string>> FollowAsync(string arguments, Func<Task> afterFirstLine, Func<string, bool> isLast)
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

    private Process Start(string arguments, string editor)
    {
        var start = new ProcessStartInfo("kubectl") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Split(arguments)) start.ArgumentList.Add(argument);
        start.Environment["KUBECONFIG"] = Host.KubeconfigPath;
        start.Environment["HOME"] = _folder;
        start.Environment["KUBE_EDITOR"] = editor;
        return Process.Start(start)!;
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
