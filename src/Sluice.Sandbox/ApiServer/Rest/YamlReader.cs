using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>YAML as Kubernetes reads it: the JSON data model, with YAML 1.2's plain scalars.</summary>
internal static class YamlReader
{
    /// <summary>Parses the first document of a text.</summary>
    /// <exception cref="FormatException">The text is not YAML, or not one document.</exception>
    public static JsonNode? Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException failure)
        {
            throw new FormatException("error converting YAML to JSON: yaml: " + failure.Message, failure);
        }

        return stream.Documents.Count == 0 ? null : new Conversion().Convert(stream.Documents[0].RootNode, depth: 0);
    }

    /// <summary>Aliases multiply what a short text says: size and depth are bounded, as a hostile one would fill the memory.</summary>
    private sealed class Conversion
    {
        private const int MostNodes = 500_000;
        private const int MostDepth = 256;
        private int _nodes;

        public JsonNode? Convert(YamlNode node, int depth)
        {
            if (++_nodes > MostNodes || depth > MostDepth) throw new FormatException("error converting YAML to JSON: yaml: document contains excessive aliasing");
            return node switch
            {
                YamlMappingNode map => Map(map, depth),
                YamlSequenceNode list => new JsonArray([.. list.Children.Select(item => Convert(item, depth + 1))]),
                YamlScalarNode scalar => Scalar(scalar),
                _ => null,
            };
        }

        private JsonObject Map(YamlMappingNode map, int depth)
        {
            var result = new JsonObject();
            foreach (var (key, value) in map.Children)
            {
                if (key is not YamlScalarNode scalar) throw new FormatException("error converting YAML to JSON: yaml: map keys must be text");
                result[scalar.Value ?? ""] = Convert(value, depth + 1);
            }

            return result;
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str") return text;
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => integer,
            _ when IsDecimal(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
    }

    // double.TryParse also takes words (NaN, Infinity), which are text here.
    private static bool IsDecimal(string text) => char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.');
}
