using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>YAML as Kubernetes reads it: the JSON data model, with the plain scalars of YAML 1.1, in which <c>yes</c> is true and 0644 octal.</summary>
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
            "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            _ when Radix(text) is { } integer => integer,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => integer,
            _ when IsDecimal(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
            _ => text,
        };
    }

    private static long? Radix(string text)
    {
        if (text.Length < 2 || text[0] != '0') return null;
        var (digits, radix) = char.ToLowerInvariant(text[1]) switch
        {
            'x' => (text[2..], 16),
            'o' => (text[2..], 8),
            'b' => (text[2..], 2),
            _ => (text[1..], 8),
        };
        var isNumber = digits.Length is > 0 and < 16 && digits.All(digit => char.IsAsciiHexDigit(digit) && System.Convert.ToInt32($"{digit}", 16) < radix);
        return isNumber ? System.Convert.ToInt64(digits, radix) : null;
    }

    // double.TryParse also takes words (NaN, Infinity), which are text here.
    private static bool IsDecimal(string text) => char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.');
}
