using System.Text;
using Sluice.Kubernetes.Client;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Cluster.Nodes;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Tests.Kubectl;

/// <summary>A sandbox with controllers, a node and Sluice's resources, for one version of kubectl.</summary>
internal sealed class KubectlCluster : IAsyncDisposable
{
    private readonly ClusterLifeHost _life;

    private KubectlCluster(KubectlBinary binary, SandboxHost host, ClusterLifeHost life, string folder) =>
        (Binary, Host, _life, Folder) = (binary, host, life, folder);

    public KubectlBinary Binary { get; }

    public SandboxHost Host { get; }

    /// <summary>The home of its users: kubectl keeps what it discovers there.</summary>
    public string Folder { get; }

    public static async Task<KubectlCluster> StartAsync(KubectlBinary binary)
    {
        // The fixture's, not the test's: it outlives the test that happens to be the first.
        var host = await SandboxHost.StartAsync(new SandboxHostOptions(), CancellationToken.None);
        var quick = new NodeTimings { ContainerStart = TimeSpan.FromMilliseconds(50), Termination = TimeSpan.FromMilliseconds(50), JobDuration = TimeSpan.FromMilliseconds(100), Jitter = 0 };
        var life = await ClusterLifeHost.StartAsync(
            new KubernetesClientConfiguration { Server = host.Address },
            new ClusterLifeHostOptions { Life = new ClusterLifeOptions { Timings = quick }, ApiServer = new ApiServerHandler(host.ApiServer) },
            CancellationToken.None);
        var cluster = new KubectlCluster(binary, host, life, Directory.CreateTempSubdirectory("sluice-kubectl-").FullName);
        foreach (var definition in Directory.EnumerateFiles(Repository.Find().Definitions, "sluice.dev_*.yaml"))
            cluster.Send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", await File.ReadAllTextAsync(definition), "application/yaml");
        return cluster;
    }

    public KubectlUser Enter(string ns)
    {
        Send("POST", "/api/v1/namespaces", $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{ns}}"} }""", "application/json");
        return new KubectlUser(this, ns);
    }

    /// <summary>A request that does not go through kubectl.</summary>
    public void Send(string method, string path, string body, string contentType)
    {
        var response = Host.ApiServer.Handle(new ApiRequest(method, path) { ContentType = contentType, Body = Encoding.UTF8.GetBytes(body) });
        response.StatusCode.ShouldBeLessThan(300, Encoding.UTF8.GetString(response.Body.Span));
    }

    public async ValueTask DisposeAsync()
    {
        await _life.DisposeAsync();
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
