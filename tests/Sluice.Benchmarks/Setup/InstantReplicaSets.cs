using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Benchmarks.Setup;

/// <summary>
/// Stands for nodes without limits: what a ReplicaSet asks for is there at once, without pods. So the operator is measured and not the simulation of a cluster.
/// </summary>
internal sealed class InstantReplicaSets : IAsyncDisposable
{
    private readonly InMemoryApiServer server;
    private readonly Channel<JsonObject> changed = Channel.CreateUnbounded<JsonObject>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task work;

    public InstantReplicaSets(InMemoryApiServer server)
    {
        this.server = server;
        work = Task.Run(FollowAsync);
    }

    public void Note(CommittedWrite write)
    {
        if (write.Resource == "replicasets" && write.Type != Sandbox.ApiServer.Storage.WatchEventType.Deleted && write.Subresource is null) changed.Writer.TryWrite(write.After);
    }

    public async ValueTask DisposeAsync()
    {
        changed.Writer.Complete();
        await work;
    }

    private async Task FollowAsync()
    {
        await foreach (var set in changed.Reader.ReadAllAsync())
        {
            var metadata = set["metadata"]!;
            var replicas = (int?)set["spec"]!["replicas"] ?? 1;
            var status = $$$"""{"status":{"replicas":{{{replicas}}},"fullyLabeledReplicas":{{{replicas}}},"readyReplicas":{{{replicas}}},"availableReplicas":{{{replicas}}},"observedGeneration":{{{metadata["generation"]}}}}}""";
            server.Handle(new ApiRequest("PATCH", $"/apis/apps/v1/namespaces/{metadata["namespace"]}/replicasets/{metadata["name"]}/status")
            {
                ContentType = "application/merge-patch+json",
                UserAgent = "instant",
                Body = Encoding.UTF8.GetBytes(status),
            });
        }
    }
}
