using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Protobuf;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>From a body to an object of the requested kind: the checks that Kubernetes' decoders make before any rule of the kind.</summary>
internal static class ObjectDecoder
{
    private const string Accepted = "the body of the request was in an unknown format - accepted media types include: ";

    /// <summary>Reads the object of a POST or PUT.</summary>
    public static JsonObject Decode(RestRequest rest)
    {
        var media = BodyReader.MediaType(rest.Api.ContentType);
        if (media is not ("application/json" or "application/yaml" or KubernetesProtobuf.MediaType)) throw UnsupportedMediaType(Readable(rest.Type));
        var parsed = Parse(rest, rest.Api.Body);
        CheckTypeMeta(rest.Type, parsed);
        if (Undecodable(rest.Type, parsed) is { } why) throw CannotBeHandled(rest.Type, why);
        CheckUnknownFields(rest, parsed);
        return parsed;
    }

    public static JsonObject Parse(RestRequest rest, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (BodyReader.MediaType(rest.Api.ContentType) == KubernetesProtobuf.MediaType) return ParseProtobuf(rest.Type, body);
            return BodyReader.Parse(body, BodyReader.IsYaml(rest.Api.ContentType)) as JsonObject
                ?? throw new FormatException("json: cannot unmarshal into Go value: an object is needed");
        }
        catch (FormatException failure)
        {
            throw ApiStatus.BadRequest(
                $"the object provided is unrecognized (must be of type {rest.Type.Kind}): couldn't get version/kind; "
                + $"json parse error: {failure.Message} ({Excerpt(body)})").ToException();
        }
    }

    /// <summary>What a typed decoder could not read, in its words; null where everything can be read. Drops nulls as a typed decoder does.</summary>
    public static string? Undecodable(ResourceType type, JsonObject value)
    {
        if (type.IsCustom)
        {
            if (value["metadata"] is JsonObject metadata) DropNulls(metadata);
        }
        else
        {
            DropNulls(value);
        }

        if (ObjectMetaTypes.FirstMismatch(value) is { } mismatch) return mismatch;
        if (type.Rules.Undecodable(value) is { } particular) return particular;
        if (!type.IsCustom && GoDecoding.FirstMismatch(type, value) is { } undecodable) return undecodable;
        if (!type.IsCustom && type.Schema?.Validate(value, null).FirstOrDefault(e => e.Reason == FieldError.TypeInvalidReason) is { } wrong)
        {
            return $"json: cannot unmarshal into Go struct field {type.Kind}.{wrong.Field}: {wrong.Message}";
        }

        return null;
    }

    /// <summary>Removes fields that the kind does not know, and warns of them or refuses them as the request wants it.</summary>
    public static void CheckUnknownFields(RestRequest rest, JsonObject value)
    {
        if (PruneUnknownFields(rest, value) is { } strict) throw CannotBeHandled(rest.Type, strict);
    }

    /// <summary>Removes fields that the kind does not know, and warns of them; the text of the refusal where the request is strict about them.</summary>
    public static string? PruneUnknownFields(RestRequest rest, JsonObject value)
    {
        if (rest.Type.Schema?.Prune(value) is not { Count: > 0 } unknown || rest.FieldValidation == FieldValidation.Ignore) return null;
        var texts = unknown.Select(field => $"unknown field \"{field}\"").ToList();
        if (rest.FieldValidation == FieldValidation.Strict) return "strict decoding error: " + string.Join(", ", texts);
        rest.Warnings.AddRange(texts);
        return null;
    }

    public static void CheckTypeMeta(ResourceType type, JsonObject value)
    {
        var (apiVersion, kind) = (value.String("apiVersion"), value.String("kind"));
        if (type.IsCustom && (kind is null || apiVersion is null))
        {
            var missing = kind is null ? "Kind" : "apiVersion";
            throw ApiStatus.BadRequest($"Object '{missing}' is missing in '{Excerpt(value.ToUtf8Bytes())}'").ToException();
        }

        if (apiVersion is not null && apiVersion != type.ApiVersion)
        {
            throw ApiStatus.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})").ToException();
        }

        if (!type.IsCustom && kind is not null && kind != type.Kind)
        {
            throw ApiStatus.BadRequest($"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: the kinds differ").ToException();
        }

        value["kind"] = kind ?? type.Kind;
        value["apiVersion"] = type.ApiVersion;
    }

    public static StatusException CannotBeHandled(ResourceType type, string why) =>
        ApiStatus.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: {why}").ToException();

    public static StatusException UnsupportedMediaType(string accepted) =>
        new ApiStatus(415, "UnsupportedMediaType", Accepted + accepted) { HasDetails = false }.ToException();

    private static JsonObject ParseProtobuf(ResourceType type, ReadOnlyMemory<byte> body) =>
        KubernetesProtobuf.Decode(body) ?? throw UnsupportedMediaType(Readable(type));

    private static string Readable(ResourceType type) => $"application/json, application/yaml{(type.IsCustom ? "" : ", " + KubernetesProtobuf.MediaType)}";

    private static void DropNulls(JsonNode node)
    {
        if (node is JsonObject value)
        {
            foreach (var key in value.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList()) value.Remove(key);
            foreach (var (_, part) in value) DropNulls(part!);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>()) DropNulls(item);
        }
    }

    private static string Excerpt(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        return text.Length <= 1024 ? text : text[..1024] + "...";
    }
}
