using System.Globalization;

namespace Sluice.Api.Values;

/// <summary>Ratios as texts: a percentage (<c>1%</c>) or a number (<c>0.01</c>). The value returned is the number: <c>1%</c> is 0.01.</summary>
public static class Ratio
{
    private const int MaxLength = 32;

    /// <summary>Parses a ratio that is not negative, without exponent, sign or blanks; false for anything else. Bounds are the caller's.</summary>
    public static bool TryParse(string? text, out double ratio) => TryParse(text, NumberStyles.AllowDecimalPoint, out ratio);

    /// <summary>Parses a share of a whole: a ratio from 0 to 1.</summary>
    public static bool TryParseShare(string? text, out double share) => TryParse(text, out share) && share <= 1;

    /// <summary>Parses any finite number or percentage, with a sign and an exponent if need be: the bounds of a threshold.</summary>
    public static bool TryParseScalar(string? text, out double scalar) =>
        TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, out scalar);

    /// <summary>A share as a percentage with up to three significant digits, for people: 0.00123 is <c>0.123%</c>, 0.5 is <c>50%</c>.</summary>
    public static string FormatPercent(double share)
    {
        var percent = share * 100;
        if (!double.IsFinite(percent) || percent == 0)
            return percent == 0 ? "0%" : "n/a";
        var digits = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(percent))), 0, 9);
        return Math.Round(percent, digits).ToString("0.#########", CultureInfo.InvariantCulture) + "%";
    }

    private static bool TryParse(string? text, NumberStyles styles, out double value)
    {
        value = 0;
        if (text is null || text.Length > MaxLength)
            return false;
        var percent = text.EndsWith('%');
        var digits = percent ? text[..^1] : text;
        if (digits.Length == 0 || !char.IsAsciiDigit(digits[^1]) || digits.StartsWith('.') || digits.StartsWith('+'))
            return false;
        if (!double.TryParse(digits, styles, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value))
            return false;
        value = percent ? value / 100 : value;
        return true;
    }
}
