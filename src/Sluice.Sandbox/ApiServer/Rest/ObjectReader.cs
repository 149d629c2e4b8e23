using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;
using Sluice.Sandbox.ApiServer.Selectors;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Lists and watches.</summary>
internal sealed class ObjectReader(ObjectStore store, Lock gate, TimeProvider time, ResponseEncoder encoder)
{
    // What the real server picks at random between 30 and 60 minutes.
    private static readonly TimeSpan UsualWatch = TimeSpan.FromMinutes(45);
    private const int LongestWatchSeconds = 24 * 60 * 60;

    /// <summary>From here on a list by a label asks an index, which costs every write a little; fewer objects are looked through.</summary>
    private const int ManyObjects = 500;

    public ListPage List(RestRequest rest)
    {
        var options = ListOptions.Read(rest, watch: false);
        var selects = Selection(rest.Type, options);
        var token = ContinueToken.Parse(options.Continue);
        if (token is not null && options is { ResourceVersion: not null, AnyVersion: false })
        {
            throw ApiStatus.BadRequest("specifying resource version is not allowed when using continue").ToException();
        }

        var version = token?.ResourceVersion ?? ListVersion(options);
        if (version is { } past && past < rest.Type.Store.Log.Compacted) throw TooOld(token is not null);

        var source = version is { } exact ? rest.Type.Store.ListAt(rest.Namespace, exact) : Candidates(rest, options);
        var all = source.Where(item => selects(item.Value));
        if (token is not null) all = all.Where(item => token.IsBefore(item));
        // A list of any version comes from a cache, which knows no pages.
        if (options.Limit == 0 || options.AnyVersion) return new ListPage([.. all], version ?? store.ResourceVersion, "", null);

        var selected = all.ToList();
        if (selected.Count <= options.Limit) return new ListPage(selected, version ?? store.ResourceVersion, "", null);
        var page = selected[..(int)options.Limit];
        var next = new ContinueToken(version ?? store.ResourceVersion, page[^1].Namespace, page[^1].Name);
        // How many are left is told only where nobody would have to look at each of them.
        long? remaining = options.SelectsAll ? selected.Count - options.Limit : null;
        return new ListPage(page, next.ResourceVersion, next.ToString(), remaining);
    }

    /// <summary>Refuses to read a single object at a version that is not there yet.</summary>
    public void CheckVersion(RestRequest rest)
    {
        if (rest.Api.Parameter("resourceVersion") is { } text && ParseVersion(text) is var version && version > store.ResourceVersion) throw TooLarge(version);
    }

    public WatchStream Watch(RestRequest rest)
    {
        var options = ListOptions.Read(rest, watch: true);
        var bookmarks = options.AllowWatchBookmarks;
        var filter = new WatchFilter(rest.Namespace, Selection(rest.Type, options), encoder.WatchEncoding(rest), encoder.BookmarkForm(rest), bookmarks);
        // 0 means any version: what is there now, and what follows.
        long? from = options.ResourceVersion is { } text && ParseVersion(text) is > 0 and var version ? version : null;
        var timeout = options.TimeoutSeconds > 0 ? TimeSpan.FromSeconds(Math.Min(options.TimeoutSeconds, LongestWatchSeconds)) : UsualWatch;
        var frames = new Queue<WatchFrame>();
        var current = options.SendInitialEvents ?? from is null;
        if (current)
        {
            foreach (var item in rest.Type.Store.List(rest.Namespace).Where(filter.Selects)) frames.Enqueue(filter.Added(item));
            if (options.SendInitialEvents is true && bookmarks) frames.Enqueue(filter.Bookmark(store.ResourceVersion, initialEventsEnd: true));
        }
        else if (from < rest.Type.Store.Log.Compacted)
        {
            return Expired(rest, filter, timeout, from.Value);
        }

        var after = current || from is null ? Math.Max(store.ResourceVersion, from ?? 0) : from.Value;
        return new WatchStream(gate, store, rest.Type.Store, filter, time, new WatchStart(frames, after, timeout));
    }

    /// <summary>Current objects, in key order, among which are all that the request selects.</summary>
    private static IEnumerable<StoredObject> Candidates(RestRequest rest, ListOptions options)
    {
        var objects = rest.Type.Store;
        var equality = options.Labels.Requirements.FirstOrDefault(requirement => requirement is { Operator: LabelOperator.In, Values.Count: 1 });
        return equality is not null && rest.Namespace is { } ns && objects.Count >= ManyObjects
            ? objects.ListLabelled(ns, equality.Key, equality.Values[0])
            : objects.List(rest.Namespace);
    }

    private WatchStream Expired(RestRequest rest, WatchFilter filter, TimeSpan timeout, long from)
    {
        var status = ApiStatus.Expired($"too old resource version: {from} ({rest.Type.Store.Log.Compacted})");
        var frames = new Queue<WatchFrame>([WatchFilter.Compose("ERROR", status.ToJson().ToUtf8Bytes())]);
        return new WatchStream(gate, store, rest.Type.Store, filter, time, new WatchStart(frames, store.ResourceVersion, timeout) { EndsAfterInitial = true });
    }

    /// <summary>Whether an object is in what the request selects, by labels, fields and, for a single object's watch, by name.</summary>
    private static Func<JsonObject, bool> Selection(ResourceType type, ListOptions options)
    {
        var (labels, fields) = (options.Labels, options.Fields);
        if (options.SelectsAll) return static _ => true;
        if (fields.Requirements.Count == 0) return labels.Matches;
        return stored =>
        {
            if (!labels.Matches(stored)) return false;
            var versioned = type.NeedsConversion ? type.FromStorage(stored) : stored;
            return fields.Matches(versioned, ReadField);
        };
    }

    private static string ReadField(JsonObject value, string field)
    {
        JsonNode? node = value;
        foreach (var part in field.Split('.')) node = (node as JsonObject)?[part];
        return node switch
        {
            null => "",
            _ => node.AsText() ?? node.ToJsonString(),
        };
    }

    /// <summary>The past version that a list asks for; null for the current state, which also serves "any" and "not older than".</summary>
    private long? ListVersion(ListOptions options)
    {
        if (options.ResourceVersion is not { } text) return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw ApiStatus.BadRequest("invalid resource version: " + UnreadableVersion(text)).ToException();
        }

        if (version > store.ResourceVersion) throw TooLarge(version);
        return options.Match == ListOptions.Exact ? version : null;
    }

    private StatusException TooLarge(long version) =>
        new ApiStatus(504, "Timeout", $"Timeout: Too large resource version: {version}, current: {store.ResourceVersion}")
        {
            Causes = [new FieldError("ResourceVersionTooLarge", "", "Too large resource version")],
            RetryAfterSeconds = 1,
        }.ToException();

    private static StatusException TooOld(bool continued) => ApiStatus.Expired(continued
        ? "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter."
        : "The resourceVersion for the provided list is too old.").ToException();

    private static long ParseVersion(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? version
        : throw new ApiStatus(500, null, UnreadableVersion(text)) { HasDetails = false }.ToException();

    private static string UnreadableVersion(string text) =>
        $"resourceVersion: Invalid value: {Names.Quote(text)}: strconv.ParseUint: parsing {Names.Quote(text)}: invalid syntax";
}

/// <summary>Where the next page of a list begins: after a key, in the state of a version.</summary>
internal sealed record ContinueToken(long ResourceVersion, string Namespace, string Name)
{
    public static ContinueToken? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            if (Base64.FirstProblemOfUrl(text) is { } problem) throw new FormatException(problem);
            var bytes = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
            if (GoJsonSyntax.FirstError(bytes) is { } error) throw new FormatException(error);
            var json = JsonNode.Parse(bytes);
            return new ContinueToken(json.Integer("rv") ?? 0, json.String("namespace") ?? "", json.String("name") ?? "");
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw ApiStatus.BadRequest("invalid continue token: continue key is not valid: " + failure.Message).ToException();
        }
    }

    /// <summary>Whether an item comes after the key.</summary>
    public bool IsBefore(StoredObject item)
    {
        var byNamespace = string.CompareOrdinal(item.Namespace, Namespace);
        return byNamespace > 0 || (byNamespace == 0 && string.CompareOrdinal(item.Name, Name) > 0);
    }

    public override string ToString()
    {
        var json = new JsonObject { ["rv"] = ResourceVersion, ["namespace"] = Namespace, ["name"] = Name };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
