using System.Globalization;
using System.Text;

namespace Sluice.Operator.Telemetry;

/// <summary>The pieces of Prometheus' text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The nearest legal name of a metric: letters, digits, underscore and colon, no digit in front.</summary>
    public static string MetricName(string name) => Legal(name, static letter => letter is '_' or ':' || char.IsAsciiLetterOrDigit(letter));

    /// <summary>The nearest legal name of a label: as a metric's, without colons.</summary>
    public static string LabelName(string name) => Legal(name, static letter => letter is '_' || char.IsAsciiLetterOrDigit(letter));

    public static string Help(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    public static string LabelValue(string text) => Help(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    public static string Number(double value)
    {
        if (double.IsPositiveInfinity(value)) return "+Inf";
        if (double.IsNegativeInfinity(value)) return "-Inf";
        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static string Legal(string name, Func<char, bool> isLegal)
    {
        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) text.Append('_');
        foreach (var letter in name) text.Append(isLegal(letter) ? letter : '_');
        return text.ToString();
    }
}
