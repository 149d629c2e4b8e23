using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Sluice.Api.Tests;

/// <summary>Reads YAML as the JSON that kubectl would send.</summary>
internal static class Manifest
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    public static JsonObject Read(string path) => Parse(File.ReadAllText(path));

    public static JsonObject Parse(string yaml) => JsonNode.Parse(Json.Serialize(Yaml.Deserialize<object>(yaml)))!.AsObject();
}
