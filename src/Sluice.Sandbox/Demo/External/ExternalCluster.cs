using System.Collections.Concurrent;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.Sandbox.Demo.External;

/// <summary>
/// A cluster that is not ours, as a guest leaves it: namespaces, CRDs and node that were not there before are removed at the end, also when the process is asked
/// to stop. What a process leaves that is killed carries <see cref="Mark"/>, and the next guest removes it.
/// </summary>
internal sealed class ExternalCluster
{
    /// <summary>Label of all that we put into a cluster beside what is in our namespaces.</summary>
    public const string Mark = "sandbox.sluice.dev/run";

    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Nobody runs longer: what is older was left behind.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, bool> _namespaces = new();
    private readonly KubernetesClient _client;
    private readonly ExternalDefinitions _definitions;
    private readonly ClusterLifeOptions _life;
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private ClusterLifeHost? _host;
    private bool _isLeaving;
    private IReadOnlyList<string> _nodes = [];
    private IReadOnlyList<string> _accounts = [];

    private ExternalCluster(KubernetesClient client, ExternalDefinitions definitions, ClusterLifeOptions life) => (_client, _definitions, _life) = (client, definitions, life);

    /// <summary>Where the simulated pods' counters are; null where the cluster's own nodes run the pods.</summary>
    public Uri? MetricsAddress => _host?.MetricsAddress;

    /// <summary>Installs what is missing. <paramref name="kubectl"/> is not needed any more afterwards.</summary>
    /// <exception cref="SandboxException">The cluster is not fit for it; nothing of ours is left in it.</exception>
    public static async Task<ExternalCluster> EnterAsync(
        KubernetesClientConfiguration server, Kubectl kubectl, string definitions, ClusterLifeMode mode, ClusterLifeOptions life, CancellationToken ct)
    {
        var client = new KubernetesClient(server, new KubernetesClientOptions { FieldManager = "sandbox", UserAgent = "sluice-sandbox" });
        var cluster = new ExternalCluster(client, new ExternalDefinitions(client, kubectl, definitions), life);
        try
        {
            await cluster.RequireNoOperatorAsync(ct);
            await cluster.StartLifeAsync(server, mode, ct);
            await cluster.RemoveRemainsAsync(ct);
            await cluster._definitions.InstallAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.LeaveAsync(CancellationToken.None);
            throw;
        }
    }

    public async Task CreateNamespaceAsync(string name, CancellationToken ct)
    {
        _namespaces[name] = true;
        if (_isLeaving) throw new SandboxException("the process is ending");
        await _client.CreateAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [Mark] = _run } } }, WriteOptions.Default, ct);
    }

    /// <summary>Removes what is ours, the life of the cluster last: without it nothing goes.</summary>
    public async Task LeaveAsync(CancellationToken ct)
    {
        _isLeaving = true;
        try
        {
            foreach (var name in _namespaces.Keys) await _client.DeleteAsync<V1Namespace>(null, name, DeleteOptions.Background, ct);
            foreach (var name in _namespaces.Keys) await UntilGoneAsync(name, ct);
            if (_definitions.AreOurs && (await MarkedAsync(ct)).Count == 0) await _definitions.RemoveAsync(ct);
        }
        finally
        {
            if (_host is not null)
            {
                await _host.DisposeAsync();
                await RemoveTracesOfLifeAsync(ct);
            }

            _client.Dispose();
        }
    }

    private async Task<IReadOnlyList<V1Namespace>> MarkedAsync(CancellationToken ct) => (await _client.ListAsync<V1Namespace>(null, Mark, ct)).Items;

    /// <summary>Two operators would write the same Rollouts.</summary>
    private async Task RequireNoOperatorAsync(CancellationToken ct)
    {
        var deployments = await _client.ListAsync<V1Deployment>(null, "app.kubernetes.io/name=sluice", ct);
        if (deployments.Items.FirstOrDefault(deployment => deployment.Spec?.Replicas is not 0) is { } running)
        {
            throw new SandboxException(
                $"Sluice runs on this cluster already, as Deployment {running.Metadata.Namespace}/{running.Metadata.Name}: scale it to 0, or take another cluster");
        }
    }

    private async Task StartLifeAsync(KubernetesClientConfiguration server, ClusterLifeMode mode, CancellationToken ct)
    {
        var nodes = (await _client.ListAsync<V1Node>(null, labelSelector: null, ct)).Items;
        var lives = nodes.Any(node => node.Metadata.Name != _life.NodeName && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true);
        if (mode == ClusterLifeMode.Real || (mode == ClusterLifeMode.Detect && lives)) return;

        _nodes = [.. nodes.Select(node => node.Metadata.Name!)];
        _accounts = [.. (await _client.ListAsync<V1ServiceAccount>(null, labelSelector: null, ct)).Items.Select(KeyOf)];
        _host = await ClusterLifeHost.StartAsync(server, new ClusterLifeHostOptions { Life = _life }, ct);
    }

    /// <summary>The node, and the default ServiceAccounts of namespaces that had none.</summary>
    private async Task RemoveTracesOfLifeAsync(CancellationToken ct)
    {
        if (!_nodes.Contains(_life.NodeName)) await _client.DeleteAsync<V1Node>(null, _life.NodeName, DeleteOptions.Background, ct);
        foreach (var account in (await _client.ListAsync<V1ServiceAccount>(null, labelSelector: null, ct)).Items)
        {
            if (account.Metadata.Name == "default" && !_accounts.Contains(KeyOf(account))) await _client.DeleteAsync<V1ServiceAccount>(account.Metadata.Namespace, "default", DeleteOptions.Background, ct);
        }
    }

    private static string KeyOf(V1ServiceAccount account) => $"{account.Metadata.Namespace}/{account.Metadata.Name}";

    private async Task RemoveRemainsAsync(CancellationToken ct)
    {
        var left = (await MarkedAsync(ct)).Where(item => item.Metadata.CreationTimestamp < TimeProvider.System.GetUtcNow() - LongestRun).Select(item => item.Metadata.Name!).ToList();
        foreach (var name in left) await _client.DeleteAsync<V1Namespace>(null, name, DeleteOptions.Background, ct);
        foreach (var name in left) await UntilGoneAsync(name, ct);
    }

    /// <summary>With all that is in it: an API server without a life of its own lets a namespace go at once, and its contents are emptied later.</summary>
    private async Task UntilGoneAsync(string name, CancellationToken ct)
    {
        while (await _client.GetAsync<V1Namespace>(null, name, ct) is not null) await Task.Delay(Look, TimeProvider.System, ct);
        if (_host is null) return;

        var api = new RawApi(_client);
        var metadata = new MetadataClient(api);
        foreach (var resource in (await new ResourceCatalog(api, TimeProvider.System).ReadAsync(ct)).Where(resource => resource.Namespaced))
        {
            while ((await metadata.ListAsync(resource, name, ct)).Count > 0) await Task.Delay(Look, TimeProvider.System, ct);
        }
    }
}
