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
    private const string NotOlderThan = "NotOlderThan";

    // What the real server picks at random between 30 and 60 minutes.
    private static readonly TimeSpan UsualWatch = TimeSpan.FromMinutes(45);
    private const int LongestWatchSeconds = 24 * 60 * 60;

    public ListPage List(RestRequest rest)
    {
        var selects = Selection(rest);
        var limit = int.TryParse(rest.Api.Parameter("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0 ? given : int.MaxValue;
        var token = ContinueToken.Parse(rest.Api.Parameter("continue"));
        var version = token?.ResourceVersion ?? ListVersion(rest);
        if (version is { } past && past < rest.Type.Store.Log.Compacted) throw TooOld(token is not null);

        var source = version is { } exact ? rest.Type.Store.ListAt(rest.Namespace, exact) : rest.Type.Store.List(rest.Namespace);
        var all = source.Where(item => selects(item.Value));
        if (token is not null) all = all.Where(item => token.IsBefore(item));
        if (limit == int.MaxValue) return new ListPage([.. all], version ?? store.ResourceVersion, "", null);

        var selected = all.ToList();
        if (selected.Count <= limit) return new ListPage(selected, version ?? store.ResourceVersion, "", null);
        var page = selected[..limit];
        var next = new ContinueToken(version ?? store.ResourceVersion, page[^1].Namespace, page[^1].Name);
        return new ListPage(page, next.ResourceVersion, next.ToString(), selected.Count - limit);
    }

    public WatchStream Watch(RestRequest rest)
    {
        var (initial, bookmarks) = WatchParameters(rest);
        var selects = Selection(rest);
        var filter = new WatchFilter(rest.Namespace, selects, encoder.WatchEncoding(rest), rest.Type.ApiVersion, rest.Type.Kind, bookmarks);
        var from = WatchVersion(rest);
        var timeout = int.TryParse(rest.Api.Parameter("timeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWatchSeconds))
            : UsualWatch;
        var frames = new Queue<WatchFrame>();
        var current = initial ?? from is null;
        if (current)
        {
            foreach (var item in rest.Type.Store.List(rest.Namespace).Where(filter.Selects)) frames.Enqueue(filter.Added(item));
            if (initial is true && bookmarks) frames.Enqueue(filter.Bookmark(store.ResourceVersion, initialEventsEnd: true));
        }
        else if (from < rest.Type.Store.Log.Compacted)
        {
            return Expired(rest, filter, timeout, from.Value);
        }

        var after = current || from is null ? Math.Max(store.ResourceVersion, from ?? 0) : from.Value;
        return new WatchStream(gate, store, rest.Type.Store, filter, time, new WatchStart(frames, after, timeout));
    }

    private WatchStream Expired(RestRequest rest, WatchFilter filter, TimeSpan timeout, long from)
    {
        var status = ApiStatus.Expired($"too old resource version: {from} ({rest.Type.Store.Log.Compacted})");
        var frames = new Queue<WatchFrame>([WatchFilter.Compose("ERROR", status.ToJson().ToUtf8Bytes())]);
        return new WatchStream(gate, store, rest.Type.Store, filter, time, new WatchStart(frames, store.ResourceVersion, timeout) { EndsAfterInitial = true });
    }

    /// <summary>Whether an object is in what the request selects, by labels, fields and, for a single object's watch, by name.</summary>
    private static Func<JsonObject, bool> Selection(RestRequest rest)
    {
        var labels = LabelSelector.Parse(rest.Api.Parameter("labelSelector"));
        var type = rest.Type;
        var fields = FieldSelector.Parse(rest.Api.Parameter("fieldSelector"), field =>
            field is "metadata.name" || (field is "metadata.namespace" && type.Namespaced) || type.SelectableFields.Contains(field));
        if (labels.Requirements.Count == 0 && fields.Requirements.Count == 0) return static _ => true;
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
    private long? ListVersion(RestRequest rest)
    {
        var exact = rest.Api.Parameter("resourceVersionMatch") == "Exact";
        if (rest.Api.Parameter("resourceVersion") is not { } text)
        {
            return exact ? throw InvalidOptions("resourceVersionMatch is forbidden unless resourceVersion is provided") : null;
        }

        var version = ParseVersion(text);
        if (exact && version == 0) throw InvalidOptions("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        if (version > store.ResourceVersion) throw TooLarge(version);
        return exact ? version : null;
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

    private static (bool? Initial, bool Bookmarks) WatchParameters(RestRequest rest)
    {
        bool? initial = rest.Api.Query.ContainsKey("sendInitialEvents") ? rest.Api.Flag("sendInitialEvents") : null;
        var match = rest.Api.Parameter("resourceVersionMatch");
        if (initial is not null && match != NotOlderThan)
        {
            throw InvalidOptions("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (initial is null && match is not null)
        {
            throw InvalidOptions("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        return (initial, rest.Api.Flag("allowWatchBookmarks"));
    }

    private static StatusException InvalidOptions(string detail) =>
        ApiStatus.Invalid("meta.k8s.io", "ListOptions", "", [FieldError.Forbidden("resourceVersionMatch", detail)]).ToException();

    // 0 means any version: what is there now, and what follows.
    private static long? WatchVersion(RestRequest rest) =>
        rest.Api.Parameter("resourceVersion") is { } text && ParseVersion(text) is > 0 and var version ? version : null;

    private static long ParseVersion(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? version
        : throw new ApiStatus(500, null, $"resourceVersion: Invalid value: {Names.Quote(text)}: strconv.ParseUint: parsing {Names.Quote(text)}: invalid syntax")
        {
            HasDetails = false,
        }.ToException();
}

/// <summary>Where the next page of a list begins: after a key, in the state of a version.</summary>
internal sealed record ContinueToken(long ResourceVersion, string Namespace, string Name)
{
    public static ContinueToken? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            var bytes = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
            if (bytes is not [(byte)'{', ..]) throw new FormatException($"invalid character '{Visible(bytes[0])}' looking for beginning of value");
            var json = JsonNode.Parse(bytes);
            return new ContinueToken(json.Integer("rv") ?? 0, json.String("namespace") ?? "", json.String("name") ?? "");
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw ApiStatus.BadRequest("invalid continue token: continue key is not valid: " + failure.Message).ToException();
        }
    }

    private static string Visible(byte character) => character is > 0x20 and < 0x7F ? $"{(char)character}" : $"\\x{character:x2}";

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
