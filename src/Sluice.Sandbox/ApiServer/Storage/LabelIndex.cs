using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>The objects of one resource by namespace and the value of one label, in key order.</summary>
internal sealed class LabelIndex(string label)
{
    private readonly Dictionary<(string Namespace, string Value), SortedDictionary<string, StoredObject>> _objects = [];

    public IEnumerable<StoredObject> List(string @namespace, string value) =>
        _objects.TryGetValue((@namespace, value), out var objects) ? objects.Values : [];

    /// <summary>Takes in a new object or a new version of one whose last version was removed.</summary>
    public void Add(StoredObject stored)
    {
        if (ValueOf(stored) is not { } value) return;
        if (!_objects.TryGetValue((stored.Namespace, value), out var objects))
        {
            objects = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
            _objects.Add((stored.Namespace, value), objects);
        }

        objects[stored.Name] = stored;
    }

    public void Remove(StoredObject stored)
    {
        if (ValueOf(stored) is not { } value || !_objects.TryGetValue((stored.Namespace, value), out var objects)) return;
        objects.Remove(stored.Name);
        if (objects.Count == 0) _objects.Remove((stored.Namespace, value));
    }

    private string? ValueOf(StoredObject stored) => stored.Value.Object("metadata").Object("labels").String(label);
}
