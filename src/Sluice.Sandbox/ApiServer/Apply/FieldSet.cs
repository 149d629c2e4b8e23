using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// A set of field paths as a tree: members are paths that end here, children hold the paths that go on.
/// A path may be both. The operations return new sets and leave their operands alone; only Insert changes a set.
/// </summary>
internal sealed class FieldSet
{
    private const string Self = ".";

    private readonly SortedSet<string> _members = new(PathElement.Order.Instance);
    private readonly SortedDictionary<string, FieldSet> _children = new(PathElement.Order.Instance);

    public bool IsEmpty => _members.Count == 0 && _children.Values.All(child => child.IsEmpty);

    public static FieldSet Of(params IEnumerable<string[]> paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
            set.Insert([.. path.Select(PathElement.Field)]);
        return set;
    }

    public void Insert(IReadOnlyList<string> path)
    {
        var set = this;
        for (var depth = 0; depth < path.Count - 1; depth++)
        {
            if (!set._children.TryGetValue(path[depth], out var child))
                set._children[path[depth]] = child = new FieldSet();
            set = child;
        }

        // The empty path stands for the whole object, which nobody owns.
        if (path.Count > 0)
            set._members.Add(path[^1]);
    }

    public bool HasMember(string element) => _members.Contains(element);

    /// <summary>What lies below an element; null when nothing does.</summary>
    public FieldSet? Below(string element) => _children.TryGetValue(element, out var child) && !child.IsEmpty ? child : null;

    public FieldSet Union(FieldSet other)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members);
        result._members.UnionWith(other._members);
        foreach (var (element, child) in _children)
            result._children[element] = other._children.TryGetValue(element, out var theirs) ? child.Union(theirs) : child;
        foreach (var (element, child) in other._children)
            result._children.TryAdd(element, child);
        return result;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Where(other._members.Contains));
        foreach (var (element, child) in _children)
        {
            if (other._children.TryGetValue(element, out var theirs))
                result.AddChild(element, child.Intersect(theirs));
        }

        return result;
    }

    public FieldSet Except(FieldSet other)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Where(member => !other._members.Contains(member)));
        foreach (var (element, child) in _children)
            result.AddChild(element, other._children.TryGetValue(element, out var theirs) ? child.Except(theirs) : child);
        return result;
    }

    /// <summary>
    /// The set plus every declared field that it passes through: owning <c>spec.size</c> then means owning <c>spec</c>.
    /// Keys of maps and items of lists on the way are not added.
    /// </summary>
    public FieldSet WithPassedFields(StructuralSchema? schema)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members);
        foreach (var (element, child) in _children)
        {
            var childSchema = MergeShape.Child(schema, element);
            if (PathElement.IsField(element, out var name) && MergeShape.Declares(schema, name))
                result._members.Add(element);
            result._children[element] = child.WithPassedFields(childSchema);
        }

        return result;
    }

    /// <summary>All paths, members of a level before what lies deeper.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var element in _members.Union(_children.Keys).Order(PathElement.Order.Instance))
        {
            var below = Below(element)?.ToJson() ?? [];
            if (below.Count > 0 && _members.Contains(element))
                below.Insert(0, Self, new JsonObject());
            if (below.Count > 0 || _members.Contains(element))
                json[element] = below;
        }

        return json;
    }

    public static FieldSet FromJson(JsonObject json)
    {
        var set = new FieldSet();
        foreach (var (element, value) in json)
        {
            if (element == Self || value is not JsonObject below)
                continue;
            if (below.Count == 0 || below.ContainsKey(Self))
                set._members.Add(element);
            set.AddChild(element, FromJson(below));
        }

        return set;
    }

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> prefix)
    {
        foreach (var member in _members)
            yield return [.. prefix, member];
        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths([.. prefix, element]))
                yield return path;
        }
    }

    private void AddChild(string element, FieldSet child)
    {
        if (!child.IsEmpty)
            _children[element] = child;
    }
}
