using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>A place in an object that holds a value (null is one) or nothing.</summary>
internal readonly record struct Slot
{
    private static readonly JsonObject NoFields = [];
    private static readonly JsonArray NoItems = [];

    public Slot(JsonNode? value)
    {
        IsPresent = true;
        Value = value;
    }

    public static Slot Absent => default;

    public bool IsPresent { get; }

    public JsonNode? Value { get; }

    /// <summary>The value's fields; none when it is no object.</summary>
    public JsonObject Fields => Value as JsonObject ?? NoFields;

    /// <summary>The value's items; none when it is no list.</summary>
    public JsonArray Items => Value as JsonArray ?? NoItems;

    public static Slot Of(JsonObject map, string name) => map.TryGetPropertyValue(name, out var value) ? new Slot(value) : Absent;
}
