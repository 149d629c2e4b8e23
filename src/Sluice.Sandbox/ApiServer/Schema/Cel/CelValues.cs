using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>An expression could not be evaluated; the message is the one that users see.</summary>
internal sealed class CelException(string message) : Exception(message)
{
    public const string NoOverload = "no such overload";
}

/// <summary>CEL's null, which is a value.</summary>
internal sealed class CelNull
{
    public static readonly CelNull Value = new();

    private CelNull()
    {
    }
}

/// <summary>Bytes, equal by content.</summary>
internal sealed class CelBytes(byte[] content) : IEquatable<CelBytes>
{
    public ReadOnlySpan<byte> Span => content;

    public int Length => content.Length;

    public bool Equals(CelBytes? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as CelBytes);

    public override int GetHashCode() => Convert.ToBase64String(content).GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Encoding.UTF8.GetString(content);
}

/// <summary>A type as a value, what <c>type()</c> returns.</summary>
internal sealed record CelTypeName(string Name);

/// <summary>A value that may be absent.</summary>
internal sealed record CelOptional(object? Value)
{
    public static readonly CelOptional None = new((object?)null);

    public bool HasValue => Value is not null;
}

/// <summary>A list. Sets and keyed lists of a schema compare without regard to order, and join instead of appending.</summary>
internal sealed record CelList(IReadOnlyList<object> Items, StructuralSchema? Schema = null)
{
    public ListType Kind => Schema?.ListType ?? ListType.Atomic;
}

/// <summary>A map; numbers that are equal are the same key.</summary>
internal sealed class CelMap
{
    private readonly Dictionary<object, object> _entries = [];

    public IReadOnlyCollection<object> Keys => _entries.Keys;

    public int Count => _entries.Count;

    public object this[object key]
    {
        set => _entries[Normalized(key)] = value;
    }

    public object? Find(object key) => _entries.GetValueOrDefault(Normalized(key));

    private static object Normalized(object key) => key switch
    {
        ulong number and <= long.MaxValue => (long)number,
        double number when number == Math.Truncate(number) && Math.Abs(number) < 1e15 => (long)number,
        _ => key,
    };
}

/// <summary>An object of a schema; its fields turn into values when they are read.</summary>
internal sealed record CelObject(JsonObject Json, StructuralSchema Schema, bool IsResource)
{
    /// <summary>The field's value; null when the object does not have it, or has a null there, which counts as much.</summary>
    public object? Find(string identifier)
    {
        if (IsResource && identifier is "apiVersion" or "kind" or "metadata")
        {
            if (!Json.TryGetPropertyValue(identifier, out var known))
                return null;
            return identifier == "metadata" && known is JsonObject metadata
                ? new CelObject(metadata, CelFieldNames.MetadataOf(Schema), IsResource: false)
                : CelConversion.FromJson(known, schema: null);
        }

        return CelFieldNames.Find(Schema, identifier) is var (name, schema) && Json[name] is { } value
            ? CelConversion.FromJson(value, schema)
            : null;
    }
}
