using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Operator.Metrics.Sources;

/// <summary>Reads the text of a configuration file.</summary>
internal static class ConfigurationYaml
{
    /// <summary>Its documents; null, with <paramref name="problem"/> saying where and why, when it is not YAML.</summary>
    public static YamlStream? Load(string yaml, out string? problem)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
            problem = null;
            return stream;
        }
        catch (YamlException error)
        {
            problem = $"line {error.Start.Line.ToString(CultureInfo.InvariantCulture)}: not YAML: {error.Message}";
        }
        catch (Exception malformed) when (malformed is ArgumentException or InvalidOperationException)
        {
            // YamlDotNet's answer to some malformed tags, and to some plain scalars in places where none may be.
            problem = $"not YAML: {malformed.Message}";
        }

        return null;
    }
}
