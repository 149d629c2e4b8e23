using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What a list answers: its objects, and where it stands.</summary>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long ResourceVersion, string Continue, long? Remaining);

/// <summary>Objects and lists in the form that a request asks for. Whole objects are sent as the bytes that the store keeps.</summary>
internal sealed class ResponseEncoder(TimeProvider time)
{
    public ApiResponse Object(RestRequest rest, int statusCode, JsonObject value)
    {
        var format = Negotiation.Choose(rest.Api.Accept);
        if (format == OutputFormat.Table)
        {
            var metadata = new JsonObject();
            metadata.CopyPart(value.Object("metadata")!, "resourceVersion");
            return Warned(rest, ApiResponse.Json(statusCode, Table(rest, [value], metadata, withColumns: true)));
        }

        if (format == OutputFormat.PartialMetadataList) throw new ApiStatus(500, null, "content is not a list") { HasDetails = false }.ToException();
        if (format == OutputFormat.PartialMetadata) return Warned(rest, ApiResponse.Json(statusCode, TablePrinter.PartialMetadata(value)));
        // What was just stored has its bytes already, or will need them for the watchers.
        var stored = rest.Type.Store.Find(rest.StoreNamespace, value.Name());
        var body = stored is not null && ReferenceEquals(stored.Value, value) ? stored.Json : value.ToUtf8Bytes();
        return Warned(rest, new ApiResponse(statusCode, "application/json") { Body = body });
    }

    /// <summary>A Scale, which is no object of the resource's own kind.</summary>
    public ApiResponse Scale(RestRequest rest, JsonObject scale)
    {
        if (Negotiation.Choose(rest.Api.Accept) != OutputFormat.Table) return Warned(rest, ApiResponse.Json(200, scale));
        var metadata = new JsonObject { ["resourceVersion"] = scale.Metadata().String("resourceVersion") ?? "" };
        var include = TablePrinter.ParseInclude(rest.Api.Parameter("includeObject"));
        return Warned(rest, ApiResponse.Json(200, TablePrinter.Table(WorkloadColumns.Scales, [scale], metadata, include, time.GetUtcNow(), withColumns: true)));
    }

    public ApiResponse List(RestRequest rest, ListPage page)
    {
        var format = Negotiation.Choose(rest.Api.Accept);
        if (format == OutputFormat.PartialMetadata)
        {
            var list = rest.Type.IsCustom ? "unstructured.UnstructuredList" : $"{rest.Type.Version}.{rest.Type.ListKind}";
            throw new ApiStatus(406, "NotAcceptable", $"you requested PartialObjectMetadata, but the requested object is a list (*{list})") { HasDetails = false }.ToException();
        }

        if (format == OutputFormat.Object) return Warned(rest, new ApiResponse(200, "application/json") { Body = ListBytes(rest.Type, page) });

        var objects = page.Items.Select(item => rest.Type.FromStorage(item.Value));
        var metadata = ListMetadata(page, always: false);
        return Warned(rest, ApiResponse.Json(200, format == OutputFormat.Table
            ? Table(rest, objects, metadata, withColumns: true)
            : TablePrinter.PartialMetadataList(objects, metadata)));
    }

    /// <summary>How a watch writes objects. Of a table, only the first event carries the columns.</summary>
    public Func<StoredObject, ReadOnlyMemory<byte>> WatchEncoding(RestRequest rest)
    {
        var format = Negotiation.Choose(rest.Api.Accept, streamed: true);
        if (format is OutputFormat.PartialMetadata or OutputFormat.PartialMetadataList) return stored => TablePrinter.PartialMetadata(rest.Type.FromStorage(stored.Value)).ToUtf8Bytes();
        if (format == OutputFormat.Object) return rest.Type.Bytes;

        var first = true;
        return stored =>
        {
            var metadata = new JsonObject { ["resourceVersion"] = stored.ResourceVersion.ToString(CultureInfo.InvariantCulture) };
            var table = Table(rest, [rest.Type.FromStorage(stored.Value)], metadata, withColumns: first);
            first = false;
            return table.ToUtf8Bytes();
        };
    }

    /// <summary>How a watch writes a bookmark: like any object that has nothing but the given metadata.</summary>
    public Func<JsonObject, JsonObject> BookmarkForm(RestRequest rest) => Negotiation.Choose(rest.Api.Accept, streamed: true) switch
    {
        OutputFormat.Table => metadata => Table(
            rest, [new JsonObject { ["metadata"] = metadata.Copy() }], new JsonObject { ["resourceVersion"] = metadata.String("resourceVersion") }, withColumns: false),
        OutputFormat.PartialMetadata or OutputFormat.PartialMetadataList => metadata => TablePrinter.PartialMetadata(new JsonObject { ["metadata"] = metadata }),
        _ => metadata => new JsonObject { ["kind"] = rest.Type.Kind, ["apiVersion"] = rest.Type.ApiVersion, ["metadata"] = metadata },
    };

    public static ApiResponse Warned(RestRequest rest, ApiResponse response) => rest.Warnings.Count == 0
        ? response
        : response with { Warnings = [.. rest.Warnings.Select(text => $"299 - {Names.Quote(text)}")] };

    private JsonObject Table(RestRequest rest, IEnumerable<JsonObject> objects, JsonObject metadata, bool withColumns) => TablePrinter.Table(
        rest.Type.Columns, objects, metadata, TablePrinter.ParseInclude(rest.Api.Parameter("includeObject")), time.GetUtcNow(), withColumns);

    // Custom resource lists always carry continue, lists of built-in kinds only when there is more.
    private static JsonObject ListMetadata(ListPage page, bool always)
    {
        var metadata = new JsonObject { ["resourceVersion"] = page.ResourceVersion.ToString(CultureInfo.InvariantCulture) };
        if (always || page.Continue.Length > 0) metadata["continue"] = page.Continue;
        if (page.Remaining is { } remaining) metadata["remainingItemCount"] = remaining;
        return metadata;
    }

    private static ReadOnlyMemory<byte> ListBytes(ResourceType type, ListPage page)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        buffer.Write(Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{type.ListKind}\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":{ListMetadata(page, type.IsCustom).ToJsonString()},\"items\":["));
        // Items of built-in lists leave out their kind and version, which every stored object begins with.
        var prefix = Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\",");
        for (var index = 0; index < page.Items.Count; index++)
        {
            if (index > 0) buffer.Write(","u8);
            var json = type.Bytes(page.Items[index]);
            if (!type.IsCustom && json.Span.StartsWith(prefix))
            {
                buffer.Write("{"u8);
                json = json[prefix.Length..];
            }

            buffer.Write(json.Span);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }
}
