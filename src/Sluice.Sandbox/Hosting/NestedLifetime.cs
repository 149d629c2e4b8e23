using Microsoft.Extensions.Hosting;

namespace Sluice.Sandbox.Hosting;

/// <summary>Of a server that is a part of a process: signals are for the process. The default lifetime would take SIGTERM and SIGINT for itself, and end the server instead.</summary>
internal sealed class NestedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
