using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>JSON as YAML, keys in order, as Kubernetes answers clients that prefer it.</summary>
internal static partial class YamlWriter
{
    private static readonly HashSet<string> Words = new(["null", "true", "false", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    public static byte[] Write(ReadOnlyMemory<byte> json)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(Convert(JsonNode.Parse(json.Span)))).Save(text, assignAnchors: false);
        return Encoding.UTF8.GetBytes(text.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal));
    }

    private static YamlNode Convert(JsonNode? node) => node switch
    {
        JsonObject map => Map(map),
        JsonArray list => new YamlSequenceNode(list.Select(Convert)) { Style = list.Count == 0 ? YamlDotNet.Core.Events.SequenceStyle.Flow : YamlDotNet.Core.Events.SequenceStyle.Block },
        null => new YamlScalarNode("null"),
        _ when node.GetValueKind() == JsonValueKind.String => Text(node.GetValue<string>()),
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    private static YamlMappingNode Map(JsonObject map)
    {
        var result = new YamlMappingNode { Style = map.Count == 0 ? YamlDotNet.Core.Events.MappingStyle.Flow : YamlDotNet.Core.Events.MappingStyle.Block };
        foreach (var (key, value) in map.OrderBy(field => field.Key, StringComparer.Ordinal)) result.Add(Text(key), Convert(value));
        return result;
    }

    // What a reader could take for anything but text is quoted.
    private static YamlScalarNode Text(string text) =>
        new(text) { Style = Plain().IsMatch(text) && !Words.Contains(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted };

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
