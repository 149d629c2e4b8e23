using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Kinds;

/// <summary>Events are one kind in two groups: stored as core/v1, served as events.k8s.io/v1 too, with other names for the same fields.</summary>
internal static class EventConversion
{
    // core/v1 → events.k8s.io/v1
    private static readonly (string Core, string Modern)[] Renamed =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ];

    public static ObjectConversion Conversion { get; } = new(
        core => Rename(core, Renamed.ToDictionary(pair => pair.Core, pair => pair.Modern)),
        modern => Rename(modern, Renamed.ToDictionary(pair => pair.Modern, pair => pair.Core)));

    private static JsonObject Rename(JsonObject value, Dictionary<string, string> names)
    {
        var result = new JsonObject();
        foreach (var (key, part) in value) result[names.GetValueOrDefault(key, key)] = part?.DeepClone();
        return result;
    }
}

/// <summary>The rules of events in either group.</summary>
internal sealed class EventRules(bool core) : KindRules
{
    private readonly (string Regarding, string Reporter) _names = core ? ("involvedObject", "reportingComponent") : ("regarding", "reportingController");

    public override bool AllowsCreateOnUpdate => true;

    public override string? Undecodable(JsonObject value) =>
        (value.String("eventTime") is { } time ? MicroTime.Undecodable(time) : null)
        ?? (value.Object("series").String("lastObservedTime") is { } last ? MicroTime.Undecodable(last) : null);

    public override void ApplyDefaults(JsonObject value)
    {
        value.SetDefault(_names.Reporter, "");
        value.SetDefault("reportingInstance", "");
        value.SetDefault(core ? "source" : "deprecatedSource", new JsonObject());
        value.Ensure(_names.Regarding);
    }

    public override void Complete(JsonObject value)
    {
        foreach (var time in core ? (string[])["eventTime", "firstTimestamp", "lastTimestamp"] : ["eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"])
        {
            if (!value.ContainsKey(time)) value[time] = null;
        }
    }

    public override void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        var expected = value.Object(_names.Regarding).String("namespace") is { Length: > 0 } given ? given : "default";
        if (value.Metadata().String("namespace") != expected)
        {
            errors.Add(FieldError.Invalid($"{_names.Regarding}.namespace", Names.Quote(expected), "does not match event.namespace"));
        }

        // An event without eventTime is of the old form, which nobody checks.
        if (value.String("eventTime") is null)
        {
            if (!core) errors.Add(FieldError.Required("eventTime"));
            return;
        }

        Required(value, _names.Reporter, 63, errors);
        Required(value, "reportingInstance", 128, errors);
        Required(value, "action", 128, errors);
        Required(value, "reason", 128, errors);
        if (value.String("type") is not ("Normal" or "Warning"))
        {
            errors.Add(FieldError.Invalid("type", Names.Quote(value.String("type") ?? ""), "has invalid value: " + (value.String("type") ?? "")));
        }

        if (value.String(core ? "message" : "note") is { Length: > 1024 }) errors.Add(FieldError.Invalid(core ? "message" : "note", "\"\"", "can have at most 1024 characters"));
        if (old is not null && old.String("eventTime") is not null) ValidateUpdate(value, old, errors);
    }

    private static void Required(JsonObject value, string key, int limit, List<FieldError> errors)
    {
        var text = value.String(key) ?? "";
        if (text.Length == 0) errors.Add(FieldError.Required(key));
        if (text.Length > limit) errors.Add(FieldError.Invalid(key, "\"\"", $"can have at most {limit} characters"));
    }

    private void ValidateUpdate(JsonObject value, JsonObject old, List<FieldError> errors)
    {
        foreach (var key in (string[])[_names.Regarding, "reason", "action", "eventTime", "type", _names.Reporter, "reportingInstance", "related"])
        {
            if (!JsonNode.DeepEquals(value[key], old[key])) errors.Add(FieldError.Invalid(key, value[key]?.ToJsonString() ?? "null", "field is immutable"));
        }
    }
}
