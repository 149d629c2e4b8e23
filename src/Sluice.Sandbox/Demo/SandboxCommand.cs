using System.CommandLine;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Demo.Views;

namespace Sluice.Sandbox.Demo;

/// <summary><c>sandbox</c>: the demo's cluster, to play with until Ctrl-C.</summary>
internal static class SandboxCommand
{
    public static Command Create()
    {
        var withoutOperator = new Option<bool>("--without-operator") { Description = "Leaves the operator out: to run one from a debugger." };
        var logs = new Option<string?>("--logs") { Description = "A folder to keep the logs of Prometheus and the operator in." };
        var command = new Command("sandbox", "Starts a simulated cluster with Prometheus and the operator, and stays up until Ctrl-C.") { withoutOperator, logs };
        command.SetAction((result, ct) => RunAsync(result.GetValue(withoutOperator), result.GetValue(logs), ct));
        return command;
    }

    private static async Task<int> RunAsync(bool withoutOperator, string? logs, CancellationToken ct)
    {
        var view = ConsoleStyle.ViewFor(plain: false, new DemoClock(TimeProvider.System));
        using var signals = new StopSignals(ct);
        try
        {
            var options = new SandboxEnvironmentOptions { WithOperator = !withoutOperator, LogFolder = logs, Ready = view.Ready };
            await using var environment = await SandboxEnvironment.StartAsync(options, signals.Token);
            await environment.CreateNamespaceAsync("shop", signals.Token);
            await Console.Out.WriteLineAsync(Invitation(environment));
            await Console.Out.FlushAsync(signals.Token);
            await StayAsync(environment, view, signals.Token);
            return 0;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (SandboxException e)
        {
            view.Error(e.Message);
            return 1;
        }
    }

    /// <summary>Until cancelled. An operator that was killed is not started again: that may be what is being tried.</summary>
    private static async Task StayAsync(SandboxEnvironment environment, IDemoView view, CancellationToken ct)
    {
        if (environment.Operator is { } running)
        {
            var exitCode = await running.WaitForExitAsync(ct);
            view.Error($"the operator has ended with exit code {exitCode}; to start it again:\n{environment.OperatorCommandLine}");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
    }

    private static string Invitation(SandboxEnvironment environment) =>
        $"""

        The cluster is up. In another terminal:

        export KUBECONFIG={environment.KubeconfigPath}

        kubectl apply -n shop -f config/samples/demo/payments-v1.yaml    # first deployment
        kubectl get rollouts -n shop --watch
        kubectl apply -n shop -f config/samples/demo/payments-v2.yaml    # good: migration, canary, promotion
        kubectl apply -n shop -f config/samples/demo/payments-v3.yaml    # bad: 5% errors, rolled back
        kubectl describe rollout payments -n shop

        What the simulated pods do is said by annotations of their template: docs/sandbox.md. Logs are in {environment.LogFolder}.
        {OperatorHint(environment)}
        Ctrl-C ends it all.
        """;

    private static string OperatorHint(SandboxEnvironment environment) => environment.Operator is { } running
        ? $"The operator is process {running.Id}; when you have ended it, start one by hand:\n{environment.OperatorCommandLine}"
        : $"There is no operator yet; to start it:\n{environment.OperatorCommandLine}";
}
