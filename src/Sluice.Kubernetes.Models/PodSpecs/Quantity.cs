using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Kubernetes.Models.PodSpecs;

/// <summary>Resource quantities: a number with a decimal (m, k, M), binary (Ki, Mi) or exponent suffix.</summary>
public static partial class Quantity
{
    public const string ParseFailure = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    public static bool TryParse(string text, out decimal value)
    {
        value = 0;
        var match = Expression().Match(text);
        if (!match.Success || !decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
        if (Factor(match.Groups["suffix"].Value) is not { } factor) return false;
        try
        {
            value = number * factor;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>
    /// The form in which Kubernetes writes a quantity: the largest suffix of its own kind under which it stays a whole number. Text that is no
    /// quantity stays as it is.
    /// </summary>
    public static string Canonical(string text)
    {
        if (!TryParse(text, out var value)) return text;
        if (value == 0) return "0";
        var suffix = Expression().Match(text).Groups["suffix"].Value;
        // Less than 1024 of a binary kind is written as a decimal one.
        var isBinary = suffix.EndsWith('i') && Math.Abs(value) >= 1024;
        var isExponent = suffix.Length > 1 && suffix[0] is 'e' or 'E' && suffix != "Ei";
        var suffixes = isBinary ? BinarySuffixes : isExponent ? Exponents : DecimalSuffixes;
        var largest = suffixes.FirstOrDefault(candidate => value % Factor(candidate)!.Value == 0, suffixes[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(value / Factor(largest)!.Value):0}{largest}");
    }

    private static readonly string[] BinarySuffixes = ["Ei", "Pi", "Ti", "Gi", "Mi", "Ki", ""];
    private static readonly string[] DecimalSuffixes = ["E", "P", "T", "G", "M", "k", "", "m", "u", "n"];
    private static readonly string[] Exponents = ["e18", "e15", "e12", "e9", "e6", "e3", "", "e-3", "e-6", "e-9"];

    /// <summary>Numbers are quantities too, as YAML writers leave out the quotes.</summary>
    public static string? Text(JsonNode? node) =>
        node is not JsonValue value ? null : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static decimal? Factor(string suffix) => suffix switch
    {
        "" => 1m,
        "n" => 1e-9m,
        "u" => 1e-6m,
        "m" => 1e-3m,
        "k" => 1e3m,
        "M" => 1e6m,
        "G" => 1e9m,
        "T" => 1e12m,
        "P" => 1e15m,
        "E" => 1e18m,
        "Ki" => 1024m,
        "Mi" => 1024m * 1024,
        "Gi" => 1024m * 1024 * 1024,
        "Ti" => 1024m * 1024 * 1024 * 1024,
        "Pi" => 1024m * 1024 * 1024 * 1024 * 1024,
        "Ei" => 1024m * 1024 * 1024 * 1024 * 1024 * 1024,
        _ => Exponent(suffix),
    };

    private static decimal? Exponent(string suffix) =>
        suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) && Math.Abs(power) <= 18
            ? (decimal)Math.Pow(10, power)
            : null;

    [GeneratedRegex(@"\A(?<number>[+-]?[0-9.]+)(?<suffix>[eEinumkKMGTP]*[-+]?[0-9]*)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();
}
