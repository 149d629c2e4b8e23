using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// Who a field belongs to. An applier is the same one in every version, an updater is one for each version:
/// so <see cref="ApiVersion"/> is empty for appliers.
/// </summary>
internal sealed record FieldManager(string Name, bool Applies, string ApiVersion, string Subresource)
{
    public static FieldManager Applier(string name, string subresource) => new(name, Applies: true, "", subresource);

    public static FieldManager Updater(string name, string apiVersion, string subresource) =>
        new(name.Length == 0 ? "unknown" : name, Applies: false, apiVersion, subresource);

    /// <summary>The manager as conflict messages name it.</summary>
    public string Describe()
    {
        var text = $"\"{Name}\"";
        if (Subresource.Length > 0)
            text += $" with subresource \"{Subresource}\"";
        return Applies ? text : $"{text} using {ApiVersion}";
    }
}

/// <summary>One manager's share of an object.</summary>
/// <param name="ApiVersion">The version in which the manager wrote last.</param>
/// <param name="Fields">What it owns.</param>
/// <param name="Time">When its share last changed; null when the manager never changed the object.</param>
internal sealed record Ownership(string ApiVersion, FieldSet Fields, DateTimeOffset? Time);

/// <summary>The entries of <c>metadata.managedFields</c>.</summary>
internal sealed class OwnershipTable
{
    private readonly Dictionary<FieldManager, Ownership> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    public IReadOnlyList<FieldManager> Managers => [.. _entries.Keys];

    public Ownership? Find(FieldManager manager) => _entries.GetValueOrDefault(manager);

    /// <summary>Sets a manager's share; one that owns nothing has no entry.</summary>
    public void Set(FieldManager manager, Ownership ownership)
    {
        if (ownership.Fields.IsEmpty)
            _entries.Remove(manager);
        else
            _entries[manager] = ownership;
    }

    public void Remove(FieldManager manager) => _entries.Remove(manager);

    public static OwnershipTable Read(JsonNode? managedFields)
    {
        var table = new OwnershipTable();
        foreach (var entry in (managedFields as JsonArray ?? []).OfType<JsonObject>())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            var applies = entry.Text("operation") == "Apply";
            var apiVersion = entry.Text("apiVersion");
            var manager = new FieldManager(entry.Text("manager"), applies, applies ? "" : apiVersion, entry.Text("subresource"));
            var time = DateTimeOffset.TryParse(entry.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
                ? parsed
                : (DateTimeOffset?)null;
            table.Set(manager, new Ownership(apiVersion, FieldSet.FromJson(fields), time));
        }

        return table;
    }

    /// <summary>The table as the server stores it: appliers first, then by time, name, version and subresource; null when empty.</summary>
    public JsonArray? Write()
    {
        if (IsEmpty)
            return null;
        var entries = _entries
            .OrderBy(entry => entry.Key.Applies ? 0 : 1)
            .ThenBy(entry => entry.Value.Time?.ToUnixTimeSeconds() ?? 0)
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .ThenBy(entry => entry.Value.ApiVersion, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Subresource, StringComparer.Ordinal);
        return [.. entries.Select(entry => (JsonNode)Write(entry.Key, entry.Value))];
    }

    /// <summary>Keeps at most ten updaters: the oldest ones of a version are joined into one entry.</summary>
    public void JoinAncientUpdaters()
    {
        const int maxUpdaters = 10;
        var updaters = _entries.Where(entry => !entry.Key.Applies)
            .OrderBy(entry => entry.Value.Time?.ToUnixTimeSeconds() ?? 0)
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .ToList();
        var surplus = updaters.Count - maxUpdaters;
        Dictionary<string, FieldManager> oldestOfVersion = [];
        foreach (var (manager, ownership) in updaters)
        {
            if (surplus <= 0)
                return;
            if (oldestOfVersion.TryAdd(ownership.ApiVersion, manager))
                continue;

            var bucket = FieldManager.Updater("ancient-changes", ownership.ApiVersion, "");
            var joined = Find(bucket) ?? _entries[oldestOfVersion[ownership.ApiVersion]];
            Remove(oldestOfVersion[ownership.ApiVersion]);
            Remove(manager);
            Set(bucket, new Ownership(ownership.ApiVersion, joined.Fields.Union(ownership.Fields), ownership.Time));
            surplus--;
        }
    }

    private static JsonObject Write(FieldManager manager, Ownership ownership)
    {
        var json = new JsonObject
        {
            ["manager"] = manager.Name,
            ["operation"] = manager.Applies ? "Apply" : "Update",
            ["apiVersion"] = ownership.ApiVersion,
        };
        if (ownership.Time is { } time)
            json["time"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = ownership.Fields.ToJson();
        if (manager.Subresource.Length > 0)
            json["subresource"] = manager.Subresource;
        return json;
    }
}
