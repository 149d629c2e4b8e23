namespace Sluice.EndToEnd.Leadership.World;

/// <summary>Keeps one write of an operator on its way: it has arrived at the API server's door, and is carried out when the test says so.</summary>
internal sealed class HeldWrite
{
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldWrite(ApiGateway gateway, string method, string resource) => gateway.OnTheWay = (sent, path) =>
        sent == method && path.Contains(resource, StringComparison.Ordinal) && arrived.TrySetResult() ? released.Task : Task.CompletedTask;

    /// <summary>Completes when it has arrived.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>The next write of this method to a path that contains this.</summary>
    public static HeldWrite Next(ApiGateway gateway, string method, string resource) => new(gateway, method, resource);

    public void Release() => released.TrySetResult();
}
