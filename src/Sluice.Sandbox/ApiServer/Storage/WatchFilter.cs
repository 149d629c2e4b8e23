using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>Where a watch begins: what is sent first, and the version after which changes follow.</summary>
internal sealed record WatchStart(Queue<WatchFrame> Initial, long After, TimeSpan Timeout)
{
    /// <summary>The first frames are all there is: the watch could not begin.</summary>
    public bool EndsAfterInitial { get; init; }
}

/// <summary>What one watcher sees of its resource's changes, and in which form.</summary>
internal sealed class WatchFilter(
    string? @namespace, Func<JsonObject, bool> selects, Func<StoredObject, ReadOnlyMemory<byte>> encode, Func<JsonObject, JsonObject> bookmark, bool bookmarks)
{
    public bool Bookmarks { get; } = bookmarks;

    /// <summary>
    /// The frame for a change, or null where the watcher must not see it. An object that begins to match is ADDED to this watcher,
    /// one that ceases to match is DELETED, with the last state that matched under the version of the change.
    /// </summary>
    public WatchFrame? Frame(StoreEvent change)
    {
        if (@namespace is not null && change.After.Namespace != @namespace) return null;
        var before = change.Before is { } old && selects(old.Value);
        var after = change.Type != WatchEventType.Deleted && selects(change.After.Value);
        return (before, after) switch
        {
            (false, false) => null,
            (false, true) => Compose("ADDED", encode(change.After).Span),
            (true, true) => Compose("MODIFIED", encode(change.After).Span),
            (true, false) => Compose("DELETED", encode(LastMatching(change)).Span),
        };
    }

    public WatchFrame Added(StoredObject stored) => Compose("ADDED", encode(stored).Span);

    public bool Selects(StoredObject stored) => selects(stored.Value);

    public WatchFrame Bookmark(long resourceVersion, bool initialEventsEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = resourceVersion.ToString(CultureInfo.InvariantCulture) };
        if (initialEventsEnd) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return Compose("BOOKMARK", bookmark(metadata).ToUtf8Bytes());
    }

    public static WatchFrame Compose(string type, ReadOnlySpan<byte> json)
    {
        var head = Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":");
        var line = new byte[head.Length + json.Length + 2];
        head.CopyTo(line, 0);
        json.CopyTo(line.AsSpan(head.Length));
        line[^2] = (byte)'}';
        line[^1] = (byte)'\n';
        return new WatchFrame(type, line);
    }

    private static StoredObject LastMatching(StoreEvent change)
    {
        if (change.Type == WatchEventType.Deleted) return change.After;
        var last = change.Before!.Value.Copy();
        last.Metadata()["resourceVersion"] = change.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(last, change.ResourceVersion);
    }
}
