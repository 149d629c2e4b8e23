using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// The value that a new value replaces, where one can be told: fields by name, items of keyed lists by key.
/// Items of other lists have no counterpart.
/// </summary>
internal readonly record struct Old
{
    private Old(bool isKnown, JsonNode? value)
    {
        IsKnown = isKnown;
        Value = value;
    }

    public static Old None => default;

    public bool IsKnown { get; }

    public JsonNode? Value { get; }

    public static Old Of(JsonNode? value) => value is null ? None : new Old(isKnown: true, value);

    public bool IsSameAs(JsonNode? value) => IsKnown && JsonNumber.DeepEquals(Value, value);

    public Old Field(string name) =>
        Value is JsonObject map && map.TryGetPropertyValue(name, out var value) ? new Old(isKnown: true, value) : None;

    public Old Item(StructuralSchema list, JsonNode? item)
    {
        if (list.ListType != ListType.Map || Value is not JsonArray old || item is not JsonObject map)
            return None;
        foreach (var candidate in old.OfType<JsonObject>())
        {
            if (list.ListMapKeys.All(key => JsonNumber.DeepEquals(candidate[key], map[key])))
                return new Old(isKnown: true, candidate);
        }

        return None;
    }
}
