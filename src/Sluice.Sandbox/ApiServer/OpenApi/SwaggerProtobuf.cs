using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>
/// A Swagger 2.0 document in the protobuf form that kubectl asks for first: the messages of the gnostic project's <c>openapi.v2</c> package, whose field
/// numbers are tabled here as far as documents of Kubernetes have the fields.
/// </summary>
internal static class SwaggerProtobuf
{
    public const string MediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>How clients write the media type in Accept; the at sign is not allowed in a Content-Type, which has a dot in its place.</summary>
    public const string AcceptedMediaType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>Writes one value as the field of that number.</summary>
    private delegate void Write(ProtobufWriter message, int number, JsonNode value);

    /// <summary>The fields of a message, by their names in JSON.</summary>
    private sealed class Message : Dictionary<string, (int Number, Write Write)>
    {
        /// <summary>Number of the list of names and values that takes all fields beginning with <c>x-</c>; 0 where there is none.</summary>
        public int Extensions { get; init; }
    }

    private static readonly Message Schema = new() { Extensions = 31 };
    private static readonly Message Parameter = new() { Extensions = 23 };
    private static readonly Message PathParameter = new() { Extensions = 22 };
    private static readonly Message BodyParameter = new() { Extensions = 6 };
    private static readonly Message Response = new() { Extensions = 5 };
    private static readonly Message Operation = new() { Extensions = 13 };
    private static readonly Message PathItem = new() { Extensions = 10 };
    private static readonly Message Info = new() { ["title"] = (1, Text), ["version"] = (2, Text) };
    private static readonly Message Document = new() { Extensions = 16 };

    static SwaggerProtobuf()
    {
        AddSchema();
        AddParameters();
        Fill(Response, ("description", 1, Text), ("schema", 2, Nested(value => Wrapped(1, value, Schema))));
        Fill(
            Operation, ("tags", 1, Texts), ("description", 3, Text), ("operationId", 5, Text), ("produces", 6, Texts), ("consumes", 7, Texts), ("parameters", 8, Each(AnyParameter)),
            ("responses", 9, Nested(value => NamedList(1, value, response => Wrapped(1, response, Response)))));
        var operation = Nested(value => Encode(Operation, value));
        Fill(PathItem, ("get", 2, operation), ("put", 3, operation), ("post", 4, operation), ("delete", 5, operation), ("patch", 8, operation), ("parameters", 9, Each(AnyParameter)));
        Fill(
            Document, ("swagger", 1, Text), ("info", 2, Nested(value => Encode(Info, value))),
            ("paths", 8, Nested(value => NamedList(2, value, item => Encode(PathItem, item)))),
            ("definitions", 9, Nested(value => NamedList(1, value, schema => Encode(Schema, schema)))));
    }

    public static byte[] Encode(JsonObject document) => Encode(Document, document).ToByteArray();

    private static void AddSchema()
    {
        var schema = Nested(value => Encode(Schema, value));
        Fill(
            Schema, ("$ref", 1, Text), ("format", 2, Text), ("title", 3, Text), ("description", 4, Text), ("default", 5, Nested(Any)), ("multipleOf", 6, Number), ("maximum", 7, Number),
            ("exclusiveMaximum", 8, Flag), ("minimum", 9, Number), ("exclusiveMinimum", 10, Flag), ("maxLength", 11, Integer), ("minLength", 12, Integer), ("pattern", 13, Text),
            ("maxItems", 14, Integer), ("minItems", 15, Integer), ("uniqueItems", 16, Flag), ("maxProperties", 17, Integer), ("minProperties", 18, Integer), ("required", 19, Texts),
            ("enum", 20, Each(Any)), ("additionalProperties", 21, Nested(AdditionalProperties)), ("type", 22, Nested(Types)), ("items", 23, Nested(value => Wrapped(1, value, Schema))),
            ("properties", 25, Nested(value => NamedList(1, value, property => Encode(Schema, property)))));
    }

    private static void AddParameters()
    {
        Fill(BodyParameter, ("description", 1, Text), ("name", 2, Text), ("in", 3, Text), ("required", 4, Flag), ("schema", 5, Nested(value => Encode(Schema, value))));
        Fill(Parameter, ("required", 1, Flag), ("in", 2, Text), ("description", 3, Text), ("name", 4, Text), ("type", 6, Text), ("uniqueItems", 20, Flag));
        Fill(PathParameter, ("required", 1, Flag), ("in", 2, Text), ("description", 3, Text), ("name", 4, Text), ("type", 5, Text), ("uniqueItems", 19, Flag));
    }

    private static void Fill(Message message, params ReadOnlySpan<(string Name, int Number, Write Write)> fields)
    {
        foreach (var (name, number, write) in fields) message[name] = (number, write);
    }

    private static ByteString Encode(Message message, JsonNode value)
    {
        using var writer = new ProtobufWriter();
        foreach (var (name, part) in value.AsObject())
        {
            if (part is null) continue;
            if (message.TryGetValue(name, out var field)) field.Write(writer, field.Number, part);
            else if (message.Extensions > 0 && name.StartsWith("x-", StringComparison.Ordinal)) writer.Bytes(message.Extensions, Named(name, Any(part)));
        }

        return writer.Written();
    }

    private static void Text(ProtobufWriter message, int number, JsonNode value) => message.Text(number, value.AsText() ?? "");

    private static void Flag(ProtobufWriter message, int number, JsonNode value) => message.Flag(number, value.GetValueKind() == JsonValueKind.True);

    private static void Integer(ProtobufWriter message, int number, JsonNode value) => message.Integer(number, value.AsInteger() ?? 0);

    private static void Number(ProtobufWriter message, int number, JsonNode value) => message.Number(number, JsonSerializer.Deserialize<double>(value));

    private static void Texts(ProtobufWriter message, int number, JsonNode value)
    {
        foreach (var item in value.AsArray()) message.Text(number, item.AsText() ?? "");
    }

    private static Write Nested(Func<JsonNode, ByteString> encode) => (message, number, value) => message.Bytes(number, encode(value));

    private static Write Each(Func<JsonNode, ByteString> encode) => (message, number, value) =>
    {
        foreach (var item in value.AsArray()) message.Bytes(number, encode(item!));
    };

    // An arbitrary value is YAML text, which JSON is as well.
    private static ByteString Any(JsonNode value) => ProtobufWriter.Message(message => message.Text(2, value.ToJsonString()));

    private static ByteString Types(JsonNode value) => ProtobufWriter.Message(message => message.Text(1, value.AsText() ?? ""));

    private static ByteString AdditionalProperties(JsonNode value) => value is JsonObject
        ? Wrapped(1, value, Schema)
        : ProtobufWriter.Message(message => message.Flag(2, value.GetValueKind() == JsonValueKind.True));

    private static ByteString AnyParameter(JsonNode value)
    {
        var parameter = value.String("in") switch
        {
            "body" => Wrapped(1, value, BodyParameter),
            "path" => ProtobufWriter.Message(message => message.Bytes(2, Wrapped(4, value, PathParameter))),
            _ => ProtobufWriter.Message(message => message.Bytes(2, Wrapped(3, value, Parameter))),
        };
        return ProtobufWriter.Message(message => message.Bytes(1, parameter));
    }

    private static ByteString Wrapped(int number, JsonNode value, Message type) => ProtobufWriter.Message(message => message.Bytes(number, Encode(type, value)));

    private static ByteString NamedList(int number, JsonNode value, Func<JsonNode, ByteString> encode) => ProtobufWriter.Message(message =>
    {
        foreach (var (name, item) in value.AsObject()) message.Bytes(number, Named(name, encode(item!)));
    });

    private static ByteString Named(string name, ByteString value) => ProtobufWriter.Message(message =>
    {
        message.Text(1, name);
        message.Bytes(2, value);
    });
}
