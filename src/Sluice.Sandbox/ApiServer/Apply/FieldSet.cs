using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// A set of field paths as a tree: members are paths that end here, children hold the paths that go on.
/// A path may be both. The operations leave their operands alone; only Insert changes a set. A set that was read stays the JSON that
/// it was read from until more of it is asked for than whether it holds certain paths: most writes touch nobody else's fields.
/// </summary>
internal sealed class FieldSet
{
    private const string Self = ".";

    private readonly SortedSet<string> _members = new(PathElement.Order.Instance);
    private readonly SortedDictionary<string, FieldSet> _children = new(PathElement.Order.Instance);
    private JsonObject? _unread;

    public bool IsEmpty => _unread is { } json ? IsEmptyJson(json) : _members.Count == 0 && _children.Values.All(child => child.IsEmpty);

    private SortedSet<string> Members
    {
        get
        {
            Read();
            return _members;
        }
    }

    private SortedDictionary<string, FieldSet> Children
    {
        get
        {
            Read();
            return _children;
        }
    }

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
            if (!set.Children.TryGetValue(path[depth], out var child))
                set.Children[path[depth]] = child = new FieldSet();
            set = child;
        }

        // The empty path stands for the whole object, which nobody owns.
        if (path.Count > 0)
            set.Members.Add(path[^1]);
    }

    public bool HasMember(string element) => Members.Contains(element);

    /// <summary>What lies below an element; null when nothing does.</summary>
    public FieldSet? Below(string element) => Children.TryGetValue(element, out var child) && !child.IsEmpty ? child : null;

    public FieldSet Union(FieldSet other)
    {
        if (_unread is { } json && Covers(json, other))
            return this;
        var result = new FieldSet();
        result.Members.UnionWith(Members);
        result.Members.UnionWith(other.Members);
        foreach (var (element, child) in Children)
            result.Children[element] = other.Children.TryGetValue(element, out var theirs) ? child.Union(theirs) : child;
        foreach (var (element, child) in other.Children)
            result.Children.TryAdd(element, child);
        return result;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var result = new FieldSet();
        result.Members.UnionWith(Members.Where(other.Members.Contains));
        foreach (var (element, child) in Children)
        {
            if (other.Children.TryGetValue(element, out var theirs))
                result.AddChild(element, child.Intersect(theirs));
        }

        return result;
    }

    public FieldSet Except(FieldSet other)
    {
        if (_unread is { } json && !Touches(json, other))
            return this;
        var result = new FieldSet();
        result.Members.UnionWith(Members.Where(member => !other.Members.Contains(member)));
        foreach (var (element, child) in Children)
            result.AddChild(element, other.Children.TryGetValue(element, out var theirs) ? child.Except(theirs) : child);
        return result;
    }

    /// <summary>
    /// The set plus every declared field that it passes through: owning <c>spec.size</c> then means owning <c>spec</c>.
    /// Keys of maps and items of lists on the way are not added.
    /// </summary>
    public FieldSet WithPassedFields(StructuralSchema? schema)
    {
        var result = new FieldSet();
        result.Members.UnionWith(Members);
        foreach (var (element, child) in Children)
        {
            var childSchema = MergeShape.Child(schema, element);
            if (PathElement.IsField(element, out var name) && MergeShape.Declares(schema, name))
                result.Members.Add(element);
            result.Children[element] = child.WithPassedFields(childSchema);
        }

        return result;
    }

    /// <summary>All paths, members of a level before what lies deeper.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public JsonObject ToJson()
    {
        if (_unread is { } source)
        {
            // Whether the path to a set is a member too is its parent's to say.
            var copy = source.DeepClone().AsObject();
            copy.Remove(Self);
            return copy;
        }

        var json = new JsonObject();
        foreach (var element in Members.Union(Children.Keys).Order(PathElement.Order.Instance))
        {
            var below = Below(element)?.ToJson() ?? [];
            if (below.Count > 0 && Members.Contains(element))
                below.Insert(0, Self, new JsonObject());
            if (below.Count > 0 || Members.Contains(element))
                json[element] = below;
        }

        return json;
    }

    /// <param name="json">As the server wrote it: sorted. It must not change any more.</param>
    public static FieldSet FromJson(JsonObject json) => new() { _unread = json };

    private static bool IsMember(JsonObject below) => below.Count == 0 || below.ContainsKey(Self);

    private static bool IsEmptyJson(JsonObject json)
    {
        foreach (var (element, value) in json)
        {
            if (element != Self && value is JsonObject below && (IsMember(below) || !IsEmptyJson(below)))
                return false;
        }

        return true;
    }

    /// <summary>Whether a path is in both.</summary>
    private static bool Touches(JsonObject json, FieldSet other)
    {
        foreach (var member in other.Members)
        {
            if (json[member] is JsonObject below && IsMember(below))
                return true;
        }

        foreach (var (element, child) in other.Children)
        {
            if (json[element] is JsonObject below && Touches(below, child))
                return true;
        }

        return false;
    }

    /// <summary>Whether all paths of the other set are in the first.</summary>
    private static bool Covers(JsonObject json, FieldSet other)
    {
        foreach (var member in other.Members)
        {
            if (json[member] is not JsonObject below || !IsMember(below))
                return false;
        }

        foreach (var (element, child) in other.Children)
        {
            if (!child.IsEmpty && (json[element] is not JsonObject below || !Covers(below, child)))
                return false;
        }

        return true;
    }

    private void Read()
    {
        if (_unread is not { } json)
            return;
        _unread = null;
        foreach (var (element, value) in json)
        {
            if (element == Self || value is not JsonObject below)
                continue;
            if (IsMember(below))
                _members.Add(element);
            AddChild(element, FromJson(below));
        }
    }

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> prefix)
    {
        foreach (var member in Members)
            yield return [.. prefix, member];
        foreach (var (element, child) in Children)
        {
            foreach (var path in child.Paths([.. prefix, element]))
                yield return path;
        }
    }

    private void AddChild(string element, FieldSet child)
    {
        if (!child.IsEmpty)
            Children[element] = child;
    }
}
