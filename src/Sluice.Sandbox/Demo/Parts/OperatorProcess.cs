using Sluice.Sandbox.Processes;

namespace Sluice.Sandbox.Demo.Parts;

/// <summary>The operator as users run it: a process of its own that knows the cluster by a kubeconfig.</summary>
public sealed class OperatorProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private OperatorProcess(ChildProcess process, OperatorAddresses addresses) => (_process, Addresses) = (process, addresses);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public OperatorAddresses Addresses { get; }

    /// <summary>The last lines of its log.</summary>
    public string LastLines => _process.LastLines;

    /// <summary>Starts it; returns once <c>/readyz</c> says so.</summary>
    internal static async Task<OperatorProcess> StartAsync(OperatorSetup setup, string logFile, TimeSpan deadline, CancellationToken ct)
    {
        File.Delete(setup.AddressFile);
        var process = ChildProcess.Start(new ChildProcessOptions("the operator", setup.Program, setup.Arguments, logFile));
        try
        {
            using var http = new HttpClient();
            OperatorAddresses? addresses = null;
            await process.WaitUntilAsync(
                async token =>
                {
                    addresses ??= await OperatorAddresses.ReadAsync(setup.AddressFile, token);
                    return addresses is not null && await Answers.OkAsync(http, new Uri(addresses.Health, "/readyz"), token);
                },
                deadline,
                ct);
            return new OperatorProcess(process, addresses!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM, as a pod's end begins. Returns the exit code.</summary>
    public Task<int> StopAsync(CancellationToken ct) => _process.StopAsync(ct);

    /// <summary>SIGKILL, as a node's death.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Waits for its end, whoever brings it about. Returns the exit code.</summary>
    public Task<int> WaitForExitAsync(CancellationToken ct) => _process.WaitForExitAsync(ct);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
