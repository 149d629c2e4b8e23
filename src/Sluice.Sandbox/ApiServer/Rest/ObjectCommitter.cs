using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The one place that changes the store: converts to the stored version, commits, and tells who observes.</summary>
internal sealed class ObjectCommitter(ObjectStore store)
{
    /// <summary>Called after each commit, in the order of versions.</summary>
    public Action<CommittedWrite>? Observer { get; set; }

    /// <summary>Called after each commit to let the server follow its own kinds (custom resource definitions).</summary>
    public Action<ResourceType, StoreEvent>? Reaction { get; set; }

    /// <summary>Commits a new state and gives it back, version included, in the form of the request.</summary>
    public JsonObject Commit(RestRequest rest, WatchEventType type, StoredObject? before, JsonObject value)
    {
        var stored = Normalised(rest.Type, rest.Type.ToStorage(value));
        if (rest.MayHaveDoubles) GoNumbers.Settle(stored);
        var change = store.Commit(rest.Type.Store, type, before, stored);
        Announce(rest, change);
        return rest.Type.FromStorage(change.After.Value);
    }

    /// <summary>
    /// Commits a deletion; gives back <paramref name="last"/> under its last own version. Watchers see the state that was stored, which still
    /// has the finalizers that <paramref name="last"/> may have lost.
    /// </summary>
    public JsonObject Remove(RestRequest rest, StoredObject before, JsonObject last)
    {
        var final = before.Value.Copy();
        var change = store.Commit(rest.Type.Store, WatchEventType.Deleted, before, final);
        Announce(rest, change);
        var answer = last.Copy();
        answer.Metadata()["resourceVersion"] = before.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        return answer;
    }

    /// <summary>Kind and version lead, so that lists of built-in kinds can leave them out of their items by cutting bytes.</summary>
    private static JsonObject Normalised(ResourceType type, JsonObject value)
    {
        using var keys = value.Select(pair => pair.Key).GetEnumerator();
        if (keys.MoveNext() && keys.Current == "kind" && keys.MoveNext() && keys.Current == "apiVersion") return value;
        var ordered = new JsonObject { ["kind"] = value.String("kind") ?? type.Kind, ["apiVersion"] = value.String("apiVersion") };
        foreach (var key in value.Select(pair => pair.Key).Where(key => key is not ("kind" or "apiVersion")).ToList())
        {
            var part = value[key];
            value.Remove(key);
            ordered[key] = part;
        }

        return ordered;
    }

    private void Announce(RestRequest rest, StoreEvent change)
    {
        Observer?.Invoke(new CommittedWrite(
            change.ResourceVersion, change.Type, rest.Type.Group, rest.Type.Plural, rest.Subresource, change.After.Namespace, change.After.Name,
            change.Before?.Value, change.After.Value, rest.Verb, rest.Api.UserAgent)
        {
            Stored = change.After,
        });
        Reaction?.Invoke(rest.Type, change);
    }
}
