using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>
/// All resources under one version counter, as one etcd would hold them. Not thread-safe: <see cref="InMemoryApiServer"/>
/// holds its gate around every use.
/// </summary>
internal sealed class ObjectStore(int historyLimit)
{
    private readonly Dictionary<string, ResourceStore> _resources = [];

    /// <summary>Version of the newest write.</summary>
    public long ResourceVersion { get; private set; } = 1;

    /// <summary>The resources that were asked for so far.</summary>
    public IEnumerable<(string Resource, ResourceStore Store)> All => _resources.Select(pair => (pair.Key, pair.Value));

    public ResourceStore Resource(string groupResource)
    {
        if (_resources.TryGetValue(groupResource, out var store)) return store;
        store = new ResourceStore(historyLimit);
        _resources.Add(groupResource, store);
        return store;
    }

    /// <summary>Commits a write under the next version, which it stamps into the object.</summary>
    public StoreEvent Commit(ResourceStore resource, WatchEventType type, StoredObject? before, JsonObject after)
    {
        ResourceVersion++;
        after.Metadata()["resourceVersion"] = ResourceVersion.ToString(CultureInfo.InvariantCulture);
        var change = new StoreEvent(type, before, new StoredObject(after, ResourceVersion));
        resource.Append(change);
        return change;
    }

    /// <summary>Fills an empty store with what another held at a version; of its history nothing is known.</summary>
    public void Restore(long resourceVersion, IEnumerable<(string Resource, StoredObject Stored)> contents)
    {
        ResourceVersion = resourceVersion;
        foreach (var (resource, stored) in contents) Resource(resource).Restore(stored);
        Compact(resourceVersion);
    }

    /// <summary>Forgets the history up to a version, as etcd does every five minutes.</summary>
    public void Compact(long resourceVersion)
    {
        foreach (var resource in _resources.Values) resource.Log.Compact(resourceVersion);
    }
}
