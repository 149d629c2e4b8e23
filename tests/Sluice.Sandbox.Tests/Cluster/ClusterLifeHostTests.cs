using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class ClusterLifeHostTests
{
    private static readonly KubernetesClientConfiguration Configuration = new() { Server = new Uri("http://sandbox") };

    [Fact]
    public async Task The_cluster_lives_on_informers_and_real_time()
    {
        using var generous = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        var server = new InMemoryApiServer(new ApiServerOptions());
        var options = new ClusterLifeHostOptions { ApiServer = new ApiServerHandler(server) };
        await using var host = await ClusterLifeHost.StartAsync(Configuration, options, generous.Token);
        using var client = new KubernetesClient(Configuration, new KubernetesClientOptions { PrimaryHandler = new ApiServerHandler(server) });

        await client.CreateAsync(Deployment(), WriteOptions.Default, generous.Token);
        await Until(client, "web", item => item?.Status?.AvailableReplicas == 2, generous.Token);
        await client.DeleteAsync<V1Deployment>("default", "web", new DeleteOptions { PropagationPolicy = "Foreground" }, generous.Token);
        await Until(client, "web", item => item is null, generous.Token);

        (await client.ListAsync<V1Pod>("default", null, generous.Token)).Items.ShouldBeEmpty();
        host.Completion.IsFaulted.ShouldBeFalse();
    }

    private static async Task Until(KubernetesClient client, string name, Func<V1Deployment?, bool> condition, CancellationToken ct)
    {
        while (!condition(await client.GetAsync<V1Deployment>("default", name, ct))) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
    }

    private static V1Deployment Deployment()
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new V1DeploymentSpec
            {
                Replicas = 2,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = System.Text.Json.JsonDocument.Parse("""{"containers":[{"name":"app","image":"example/app:1"}]}""").RootElement,
                },
            },
        };
    }
}
