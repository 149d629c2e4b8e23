using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Protobuf;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>From a body to an object of the requested kind: the checks that Kubernetes' decoders make before any rule of the kind.</summary>
internal static class ObjectDecoder
{
    private const string TypeMeta = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
    private const string Accepted = "the body of the request was in an unknown format - accepted media types include: ";

    /// <summary>Reads the object of a POST or PUT.</summary>
    public static JsonObject Decode(RestRequest rest)
    {
        var media = BodyReader.MediaType(rest.Api.ContentType);
        if (media is not ("application/json" or "application/yaml" or KubernetesProtobuf.MediaType))
        {
            throw UnsupportedMediaType("application/json, application/yaml, " + KubernetesProtobuf.MediaType);
        }

        var parsed = Parse(rest, rest.Api.Body);
        CheckTypeMeta(rest.Type, parsed);
        if (Undecodable(rest.Type, parsed) is { } why) throw CannotBeHandled(rest.Type, why);
        if (rest.Type.IsCustom) CheckNumbers(rest, parsed);
        CheckUnknownFields(rest, parsed);
        return parsed;
    }

    public static JsonObject Parse(RestRequest rest, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (BodyReader.MediaType(rest.Api.ContentType) == KubernetesProtobuf.MediaType) return ParseProtobuf(rest.Type, body);
            var parsed = BodyReader.Parse(body, BodyReader.IsYaml(rest.Api.ContentType), rest.DuplicateFields);
            if (parsed is JsonObject value) return value;
            // A null is an object without any fields, as far as types of Go go.
            if (parsed is null && body.Length > 0 && !rest.Type.IsCustom) return [];
            throw parsed is null && body.Length > 0
                ? Unrecognized(rest, "Object 'Kind' is missing in 'null'")
                : new FormatException(parsed is null ? "unexpected end of JSON input" : $"json: cannot unmarshal {GoKind(parsed)} into Go value of type {TypeMeta}");
        }
        catch (FormatException failure)
        {
            var prefix = failure.Message.StartsWith("yaml:", StringComparison.Ordinal) ? "" : "couldn't get version/kind; json parse error: ";
            throw Unrecognized(rest, prefix + failure.Message);
        }
    }

    /// <summary>Fields of custom resources take any number that a double can hold.</summary>
    private static void CheckNumbers(RestRequest rest, JsonObject value)
    {
        rest.MayHaveDoubles = GoNumbers.HasDoubles(value);
        if (rest.MayHaveDoubles && GoNumbers.FirstBeyondDoubles(value) is { } literal) throw CannotBeHandled(rest.Type, BeyondDoubles(literal, "value"));
    }

    /// <summary>What Go's decoder says of a number that it cannot hold.</summary>
    /// <param name="literal">The number as it was written.</param>
    /// <param name="target">What it was to be read into.</param>
    public static string BeyondDoubles(string literal, string target) => $"json: cannot unmarshal number {literal} into Go {target} of type float64";

    private static StatusException Unrecognized(RestRequest rest, string why) =>
        ApiStatus.BadRequest($"the object provided is unrecognized (must be of type {rest.Type.Kind}): {why} ({Excerpt(rest.Api.Body.Span)})").ToException();

    /// <summary>A value's JSON type as Go names it.</summary>
    public static string GoKind(JsonNode? node) => node?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    /// <summary>What a typed decoder could not read, in its words; null where everything can be read. Drops nulls as a typed decoder does.</summary>
    public static string? Undecodable(ResourceType type, JsonObject value)
    {
        if (type.IsCustom)
        {
            if (value["metadata"] is JsonObject metadata)
            {
                metadata.DropNulls();
                GoForm.Apply(BuiltinSchemas.ObjectMeta, metadata);
            }
        }
        else
        {
            value.DropNulls();
            if (type.Schema is { } kind) GoForm.Apply(kind, value);
        }

        // A custom resource's metadata is read by itself, a built-in kind's as part of the whole.
        if (ObjectMetaTypes.FirstMismatch(value, type.IsCustom ? "" : "metadata.") is { } mismatch) return mismatch;
        if (!type.IsCustom && type.Schema is { } schema && GoDecoding.FirstMismatch(schema, value) is { } wrong) return wrong;
        if (type is { IsCustom: true, Schema: { } custom } && EmbeddedResources.FirstMistypedKind(custom, value) is { } mistyped) return mistyped;
        return type.Rules.Undecodable(value);
    }

    /// <summary>Keeps one of several owner references that name the same owner, and warns.</summary>
    public static void MergeOwners(RestRequest rest, JsonObject value)
    {
        if (value.Metadata().Array("ownerReferences") is not { Count: > 1 } owners) return;
        var duplicates = new List<string>();
        for (var index = owners.Count - 1; index > 0; index--)
        {
            var owner = owners[index];
            if (!owners.Take(index).Any(other => JsonNode.DeepEquals(other, owner))) continue;
            duplicates.Insert(0, owner.String("uid") ?? "");
            owners.RemoveAt(index);
        }

        if (duplicates.Count == 0) return;
        rest.Warnings.Add(
            ".metadata.ownerReferences contains duplicate entries after mutating admission happens; API server dedups owner references in 1.20+, "
            + $"and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {string.Join(", ", duplicates)}");
    }

    /// <summary>Removes fields that the kind does not know, and warns of them or refuses them as the request wants it.</summary>
    /// <param name="rest">The request, which gathers warnings.</param>
    /// <param name="value">The object, changed in place.</param>
    /// <param name="refusal">What a strict request is refused with; by default, that the body cannot be handled.</param>
    public static void CheckUnknownFields(RestRequest rest, JsonObject value, Func<string, StatusException>? refusal = null)
    {
        // A custom resource of another kind is about to be refused as such.
        if (value.String("kind") != rest.Type.Kind) return;
        var unknown = rest.Type.Schema?.Prune(value) ?? [];
        if (rest.FieldValidation == FieldValidation.Ignore) return;
        var texts = rest.DuplicateFields.Select(field => $"duplicate field \"{field}\"").Concat(unknown.Select(field => $"unknown field \"{field}\"")).ToList();
        if (texts.Count == 0) return;
        if (rest.FieldValidation == FieldValidation.Strict)
        {
            var why = "strict decoding error: " + string.Join(", ", texts);
            throw refusal?.Invoke(why) ?? CannotBeHandled(rest.Type, why);
        }

        rest.Warnings.AddRange(texts);
    }

    public static void CheckTypeMeta(ResourceType type, JsonObject value)
    {
        var (apiVersion, kind) = (value.String("apiVersion"), value.String("kind"));
        if (type.IsCustom && kind is null)
        {
            var json = value.ToUtf8Bytes();
            throw ApiStatus.BadRequest(
                $"the object provided is unrecognized (must be of type {type.Kind}): Object 'Kind' is missing in '{Encoding.UTF8.GetString(json)}' ({Excerpt(json)})").ToException();
        }

        if ((type.IsCustom || apiVersion is not null) && apiVersion != type.ApiVersion)
        {
            throw ApiStatus.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})").ToException();
        }

        if (!type.IsCustom && kind is not null && kind != type.Kind)
        {
            throw ApiStatus.BadRequest($"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: "
                + $"converting ({type.Version}.{kind}) to ({(type.Group.Length == 0 ? "core" : type.Group.Split('.')[0])}.{type.Kind}): unknown conversion").ToException();
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

    // As Kubernetes shows a body: the beginning of an object, anything else in hexadecimal.
    private static string Excerpt(ReadOnlySpan<byte> body)
    {
        const int longest = 30;
        if (body.IsEmpty) return "<empty>";
        var shown = body[..Math.Min(body.Length, longest)];
        var text = body[0] == '{' ? Encoding.UTF8.GetString(shown) : Convert.ToHexStringLower(shown);
        return body.Length > longest ? text + " ..." : text;
    }
}
