using System.CommandLine;
using System.Runtime.InteropServices;

namespace Sluice.Sandbox.Hosting;

/// <summary><c>serve</c>: the sandbox until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 picks a free one.", DefaultValueFactory = _ => 0 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Where to write the kubeconfig; a temporary file by default." };
        var command = new Command("serve", "Serves an in-memory Kubernetes API until interrupted.") { port, kubeconfig };
        command.SetAction((result, cancellationToken) => RunAsync(
            new SandboxHostOptions { Port = result.GetValue(port), KubeconfigPath = result.GetValue(kubeconfig) },
            result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SandboxHostOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var cancelled = cancellationToken.Register(() => stop.TrySetResult());
        await using var host = await SandboxHost.StartAsync(options, cancellationToken);
        await output.WriteLineAsync($"export KUBECONFIG={host.KubeconfigPath}");
        await output.FlushAsync(cancellationToken);
        await stop.Task;
        return 0;
    }
}
