using System.CommandLine;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Demo.Story;
using Sluice.Sandbox.Demo.Views;

namespace Sluice.Sandbox.Demo;

/// <summary><c>demo</c>: a good release and a bad one, in a sandbox of their own, shown as they happen.</summary>
internal static class DemoCommand
{
    private const int Interrupted = 130;
    private static readonly TimeSpan PerRelease = TimeSpan.FromSeconds(90);

    public static Command Create()
    {
        var plain = new Option<bool>("--plain") { Description = "Lines instead of a live picture, on a terminal too." };
        var logs = new Option<string?>("--logs") { Description = "A folder to keep the logs of Prometheus and the operator in." };
        var command = new Command("demo", "Shows a release that succeeds and one that is rolled back; ends with 0 when both went as they should.") { plain, logs };
        command.SetAction((result, ct) => RunAsync(result.GetValue(plain), result.GetValue(logs), ct));
        return command;
    }

    private static async Task<int> RunAsync(bool plain, string? logs, CancellationToken ct)
    {
        var clock = new DemoClock(TimeProvider.System);
        var view = ConsoleStyle.ViewFor(plain, clock);
        using var signals = new StopSignals(ct);
        try
        {
            view.Heading("Sluice", "a good release and a bad one, on a simulated cluster");
            await using var environment = await SandboxEnvironment.StartAsync(new SandboxEnvironmentOptions { LogFolder = logs, Ready = view.Ready }, signals.Token);
            return await new DemoStory(environment, view, clock).TellAsync(PerRelease, signals.Token) ? 0 : 1;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            view.Error("interrupted; everything is stopped");
            return Interrupted;
        }
        catch (SandboxException e)
        {
            view.Error(e.Message);
            return 1;
        }
    }
}
