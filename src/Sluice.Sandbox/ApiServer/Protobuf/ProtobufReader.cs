using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Protobuf;

/// <summary>
/// Reads a message of a built-in type into its JSON form. Go writes every field that is no pointer, set or not: a zero there is left out again, as it is in JSON.
/// </summary>
internal static class ProtobufReader
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    /// <exception cref="InvalidProtocolBufferException">The message is damaged.</exception>
    /// <exception cref="FormatException">What is in the message is damaged.</exception>
    public static void ReadInto(JsonObject target, ByteString message, string type) => ReadInto(target, message, BuiltinFields.Find(type)!, Properties(type));

    private static void ReadInto(JsonObject target, ByteString message, IReadOnlyDictionary<int, BuiltinField> fields, JsonObject properties)
    {
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (!fields.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var field)) input.SkipLastField();
            else if (field.Inlined is { } inlined) ReadInto(target, input.ReadBytes(), BuiltinFields.Find(inlined)!, properties);
            else if (properties[field.Name] is JsonObject schema) Set(target, field, schema, input);
            else input.SkipLastField();
        }
    }

    private static void Set(JsonObject target, BuiltinField field, JsonObject schema, CodedInputStream input)
    {
        if (schema.Text("type") == "array")
        {
            if (target[field.Name] is not JsonArray list) target[field.Name] = list = [];
            list.Add(Value(schema.Object("items")!, input));
        }
        else if (schema["additionalProperties"] is JsonObject values)
        {
            ReadEntry(target.Ensure(field.Name), input.ReadBytes(), values);
        }
        else if (Value(schema, input) is { } value && (field.KeepsZero || !IsZero(value)))
        {
            target[field.Name] = value;
        }
    }

    private static JsonNode? Value(JsonObject schema, CodedInputStream input) => (schema.Text("$ref"), schema.Text("type"), schema.Text("format")) switch
    {
        ({ Length: > 0 } type, _, _) => Message(type, input.ReadBytes()),
        (_, "string", "byte") => input.ReadBytes().ToBase64(),
        (_, "string", _) => input.ReadString(),
        (_, "integer", _) => input.ReadInt64(),
        (_, "number", _) => input.ReadDouble(),
        (_, "boolean", _) => input.ReadBool(),
        _ => throw new FormatException($"a field of type {schema.Text("type")} has no protobuf form"),
    };

    private static JsonNode? Message(string type, ByteString bytes)
    {
        switch (type)
        {
            case Meta + "Time":
                return Time(bytes) is { } time ? Timestamps.Seconds(time) : null;
            case Meta + "MicroTime":
                return Time(bytes)?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            case "io.k8s.apimachinery.pkg.api.resource.Quantity":
                return Scalars(bytes).Texts.GetValueOrDefault(1);
            case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
                var (numbers, texts) = Scalars(bytes);
                return numbers.GetValueOrDefault(1) == 1 ? texts.GetValueOrDefault(3, "") : numbers.GetValueOrDefault(2);
            case Meta + "FieldsV1" or "io.k8s.apimachinery.pkg.runtime.RawExtension":
                return Json(Scalars(bytes).Texts.GetValueOrDefault(1));
        }

        var value = new JsonObject();
        ReadInto(value, bytes, type);
        return value;
    }

    private static void ReadEntry(JsonObject map, ByteString entry, JsonObject valueSchema)
    {
        var key = "";
        JsonNode? value = null;
        using var input = entry.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (number == 1) key = input.ReadString();
            else if (number == 2) value = valueSchema.Text("type") == "array" ? ListInMessage(input.ReadBytes()) : Value(valueSchema, input);
            else input.SkipLastField();
        }

        map[key] = value;
    }

    // A map's value cannot be a list in protobuf: it is a message with a list of texts in it.
    private static JsonArray ListInMessage(ByteString bytes)
    {
        var list = new JsonArray();
        using var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 1) list.Add(input.ReadString());
            else input.SkipLastField();
        }

        return list;
    }

    /// <summary>The fields of a message that has nothing but numbers and texts.</summary>
    private static (Dictionary<int, long> Numbers, Dictionary<int, string> Texts) Scalars(ByteString bytes)
    {
        var (numbers, texts) = (new Dictionary<int, long>(), new Dictionary<int, string>());
        using var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint) numbers[number] = input.ReadInt64();
            else if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited) texts[number] = input.ReadString();
            else input.SkipLastField();
        }

        return (numbers, texts);
    }

    // Seconds and nanoseconds since 1970; Go's zero time is an empty message.
    private static DateTimeOffset? Time(ByteString bytes)
    {
        var numbers = Scalars(bytes).Numbers;
        if (numbers.Count == 0) return null;
        var (seconds, nanoseconds) = (numbers.GetValueOrDefault(1), numbers.GetValueOrDefault(2));
        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        }
        catch (ArgumentOutOfRangeException impossible)
        {
            throw new FormatException($"{seconds} seconds since 1970 are no time", impossible);
        }
    }

    private static JsonNode? Json(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException damaged)
        {
            throw new FormatException(damaged.Message, damaged);
        }
    }

    private static bool IsZero(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.AsText() is { Length: 0 },
        JsonValueKind.Number => value.AsInteger() == 0,
        JsonValueKind.False => true,
        _ => false,
    };

    private static JsonObject Properties(string type) =>
        BuiltinSchemas.FindDefinition(type)?["properties"] as JsonObject ?? throw new FormatException($"{type} has no protobuf form");
}
