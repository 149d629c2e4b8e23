using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>A Kubernetes quantity such as 500m or 1Gi, by its value; how it was written is not kept.</summary>
internal sealed partial record Quantity(decimal Amount)
{
    private static readonly Dictionary<string, decimal> Suffixes = new()
    {
        ["n"] = 1e-9m,
        ["u"] = 1e-6m,
        ["m"] = 1e-3m,
        [""] = 1,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["E"] = 1e18m,
        ["Ki"] = 1024,
        ["Mi"] = 1048576,
        ["Gi"] = 1073741824,
        ["Ti"] = 1099511627776,
        ["Pi"] = 1125899906842624,
        ["Ei"] = 1152921504606846976,
    };

    public bool IsInteger => Amount == decimal.Truncate(Amount) && Amount is >= long.MinValue and <= long.MaxValue;

    /// <summary>Reads a quantity; false when the text is none, or is beyond 28 digits.</summary>
    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = new Quantity(0);
        if (Shape().Match(text) is not { Success: true } match)
            return false;
        var suffix = match.Groups["suffix"].Value;
        try
        {
            var number = decimal.Parse(match.Groups["number"].ValueSpan, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            quantity = new Quantity(number * (Suffixes.TryGetValue(suffix, out var factor) ? factor : PowerOfTen(suffix)));
            return true;
        }
        catch (OverflowException)
        {
            // Beyond what a quantity can hold: not one.
            return false;
        }
    }

    private static decimal PowerOfTen(string exponent) => decimal.Parse($"1{exponent}", NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<number>[+-]?(\d+(\.\d*)?|\.\d+))(?<suffix>[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2}|)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
