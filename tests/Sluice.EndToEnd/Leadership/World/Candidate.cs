using System.Globalization;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Processes;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>An operator's process with a network of its own to the API server.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CandidateSetup setup;
    private ChildProcess process;

    private Candidate(CandidateSetup setup, NetworkLink link, ApiGateway gateway, ChildProcess process) =>
        (this.setup, Link, Gateway, this.process) = (setup, link, gateway, process);

    public string Name => setup.Name;

    public NetworkLink Link { get; }

    public ApiGateway Gateway { get; }

    public bool HasExited => process.HasExited;

    public string LastLines => process.LastLines;

    public static async Task<Candidate> StartAsync(CandidateSetup setup, CancellationToken ct)
    {
        var gateway = await ApiGateway.StartAsync(setup.Name, setup.Server, setup.Ledger, ct);
        var link = NetworkLink.To(gateway.Address);
        await setup.WriteKubeconfigAsync(link.Port, gateway.CertificatePem, ct);
        return new Candidate(setup, link, gateway, setup.StartProcess());
    }

    /// <summary>Starts it again after its end, as a kubelet does.</summary>
    public async Task RestartAsync()
    {
        var ended = process;
        process = setup.StartProcess();
        await ended.DisposeAsync();
    }

    /// <summary>Returns once its caches are complete: leading or standing by.</summary>
    public async Task UntilReadyAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        await process.WaitUntilAsync(
            async token => await AddressAsync("health", token) is { } health && await IsReadyAsync(http, new Uri(health, "/readyz"), token),
            Patience,
            ct);
    }

    /// <summary>What its metrics say now.</summary>
    public async Task<string> ScrapeAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri((await AddressAsync("metrics", ct))!, "/metrics"), ct);
    }

    /// <summary>SIGTERM.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>SIGSTOP: from now on it does nothing, and knows nothing of it.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Its exit code once it has ended by itself.</summary>
    public async Task<int> ExitAsync(CancellationToken ct) => await process.WaitForExitAsync(ct).WaitAsync(Patience, TimeProvider.System, ct);

    public async ValueTask DisposeAsync()
    {
        await process.KillAsync();
        await process.DisposeAsync();
        await Link.DisposeAsync();
        await Gateway.DisposeAsync();
    }

    private async Task<Uri?> AddressAsync(string endpoint, CancellationToken ct) =>
        File.Exists(setup.AddressFile)
        && (await File.ReadAllLinesAsync(setup.AddressFile, ct)).FirstOrDefault(line => line.StartsWith($"{endpoint}=", StringComparison.Ordinal)) is { } line
            ? new Uri(line[(endpoint.Length + 1)..])
            : null;

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri readyz, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(readyz, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        var target = process;
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", target.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
        (kill.ExitCode == 0 || target != process || target.HasExited).ShouldBeTrue($"kill -{signal} of {Name}");
    }
}
