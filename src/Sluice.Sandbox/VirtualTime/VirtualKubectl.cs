using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.Cluster;
using DeleteOptions = Sluice.Kubernetes.Client.DeleteOptions;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>What a person does with kubectl, at one moment of virtual time. Refusals are <see cref="KubernetesException"/>s.</summary>
public sealed class VirtualKubectl
{
    private readonly KubernetesClient _client;
    private readonly ResourceCatalog _catalog;

    internal VirtualKubectl(KubernetesClient client, TimeProvider time)
    {
        _client = client;
        _catalog = new ResourceCatalog(new RawApi(client), time);
    }

    /// <summary><c>kubectl apply --server-side --force-conflicts -f</c>: one or more documents; the namespace is default where none is named.</summary>
    public void Apply(string yaml)
    {
        foreach (var item in Read(yaml)) Apply(item);
    }

    /// <summary>The same with an object that was read before; it is not changed.</summary>
    public void Apply(JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (apiVersion, kind) = ((string?)item["apiVersion"] ?? "", (string?)item["kind"] ?? "");
        var resource = Find(apiVersion, kind) ?? throw new FormatException($"no resource serves {kind} of {apiVersion}");
        var metadata = item["metadata"] as JsonObject ?? throw new FormatException($"the {kind} has no metadata");
        var ns = resource.Namespaced ? (string?)metadata["namespace"] ?? "default" : null;
        var path = $"/{resource.Object(ns, (string?)metadata["name"])}?fieldManager=kubectl&force=true";
        var request = new RawRequest(HttpMethod.Patch, path) { Body = JsonBody.Of(item), MediaType = "application/apply-patch+yaml" };
        Synchronously.Complete(new RawApi(_client).SendAsync(request, CancellationToken.None));
    }

    /// <summary>The objects of one or more YAML documents.</summary>
    public static IEnumerable<JsonObject> Read(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return yaml.ReplaceLineEndings("\n").Split("\n---\n").Where(text => !string.IsNullOrWhiteSpace(text))
            .Select(document => YamlReader.Parse(document) as JsonObject ?? throw new FormatException("the document is not an object"));
    }

    public T Create<T>(T item)
        where T : class, IKubernetesObject => Synchronously.Complete(_client.CreateAsync(item, WriteOptions.Default, CancellationToken.None));

    /// <summary>Reads live.</summary>
    public T? Get<T>(string? ns, string name)
        where T : class, IKubernetesObject => Synchronously.Complete(_client.GetAsync<T>(ns, name, CancellationToken.None));

    /// <summary><c>kubectl patch --type merge</c>.</summary>
    public T Patch<T>(string? ns, string name, string json)
        where T : class, IKubernetesObject =>
        Synchronously.Complete(_client.PatchAsync<T>(ns, name, KubernetesPatch.Merge(Encoding.UTF8.GetBytes(json)), WriteOptions.Default, CancellationToken.None));

    /// <summary>The same on the status subresource.</summary>
    public T PatchStatus<T>(string? ns, string name, string json)
        where T : class, IKubernetesObject => Synchronously.Complete(_client.PatchAsync<T>(
            ns, name, KubernetesPatch.Merge(Encoding.UTF8.GetBytes(json)), new WriteOptions { Subresource = "status" }, CancellationToken.None));

    public void Scale<T>(string ns, string name, int replicas)
        where T : class, IKubernetesObject => Patch<T>(ns, name, $$$"""{"spec":{"replicas":{{{replicas}}}}}""");

    /// <summary>False when the object was gone already.</summary>
    public bool Delete<T>(string? ns, string name, DeleteOptions? options = null)
        where T : class, IKubernetesObject =>
        Synchronously.Complete(_client.DeleteAsync<T>(ns, name, options ?? DeleteOptions.Background, CancellationToken.None));

    /// <summary>The whole log of a container as far as it is kept; null when there is none.</summary>
    public string? Logs(string ns, string pod, string? container = null) =>
        Synchronously.Complete(_client.ReadPodLogTailAsync(ns, pod, container, 1 << 20, CancellationToken.None));

    /// <summary>Looks anew when the kind is not known: it may have been applied a moment ago.</summary>
    private KubernetesResource? Find(string apiVersion, string kind)
    {
        var known = Synchronously.Complete(_catalog.FindAsync(apiVersion, kind, CancellationToken.None));
        return known ?? Synchronously.Complete(_catalog.ReadAsync(CancellationToken.None))
            .FirstOrDefault(resource => resource.Group == ResourceCatalog.GroupOf(apiVersion) && resource.Kind == kind);
    }
}
