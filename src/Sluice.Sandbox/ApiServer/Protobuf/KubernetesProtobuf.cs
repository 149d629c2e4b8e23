using System.Text.Json.Nodes;
using Google.Protobuf;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Protobuf;

/// <summary>
/// Bodies of the media type <c>application/vnd.kubernetes.protobuf</c>, in which typed clients write built-in kinds: four bytes, and an envelope
/// that names the kind of the message in it. Answers are JSON; such clients take both.
/// </summary>
internal static class KubernetesProtobuf
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const string MetaTypes = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private const int TypeMeta = 1;
    private const int Raw = 2;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>The object as its JSON form; null for a kind whose protobuf form is not known.</summary>
    /// <exception cref="FormatException">The body is no such envelope, or damaged.</exception>
    public static JsonObject? Decode(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith(Magic)) throw new FormatException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        try
        {
            var (apiVersion, kind, raw) = Open(body[Magic.Length..]);
            if (TypeOf(apiVersion, kind) is not { } type) return null;
            var value = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion };
            ProtobufReader.ReadInto(value, raw, type);
            return value;
        }
        catch (InvalidProtocolBufferException damaged)
        {
            throw new FormatException("proto: " + damaged.Message, damaged);
        }
    }

    private static (string ApiVersion, string Kind, ByteString Raw) Open(ReadOnlyMemory<byte> envelope)
    {
        var (apiVersion, kind, raw) = ("", "", ByteString.Empty);
        using var input = new CodedInputStream(envelope.ToArray());
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (number == TypeMeta) (apiVersion, kind) = OpenTypeMeta(input.ReadBytes());
            else if (number == Raw) raw = input.ReadBytes();
            else input.SkipLastField();
        }

        return (apiVersion, kind, raw);
    }

    private static (string ApiVersion, string Kind) OpenTypeMeta(ByteString bytes)
    {
        var (apiVersion, kind) = ("", "");
        using var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (number == 1) apiVersion = input.ReadString();
            else if (number == 2) kind = input.ReadString();
            else input.SkipLastField();
        }

        return (apiVersion, kind);
    }

    // Options of requests, such as DeleteOptions, are the same in every group.
    private static string? TypeOf(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var type = BuiltinSchemas.FindType(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], kind)
            ?? (kind.EndsWith("Options", StringComparison.Ordinal) ? MetaTypes + kind : null);
        // A JSON schema's unions have protobuf forms of their own, and nobody sends a definition this way.
        return type is null || kind == "CustomResourceDefinition" || BuiltinFields.Find(type) is null ? null : type;
    }
}
