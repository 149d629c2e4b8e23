using System.Globalization;

namespace Sluice.Engine.Analysis;

/// <summary>Numbers as people read them in a status message.</summary>
public static class Figures
{
    /// <summary>A share as a percentage with two significant digits (0.12%, 5.1%, 12%), whole above 10%.</summary>
    public static string Percent(double share)
    {
        var percent = share * 100;
        return percent <= 0 ? "0%" : $"{Significant(percent, percent >= 10 ? 0 : 2)}%";
    }

    /// <summary>A count: whole, or with two significant digits below 10.</summary>
    public static string Count(double count) => count >= 10 || count == Math.Round(count) ? count.ToString("0", CultureInfo.InvariantCulture) : Significant(count, 2);

    /// <summary>A count that is only known roughly: two significant digits.</summary>
    public static string About(double count)
    {
        if (count < 10) return Math.Ceiling(count).ToString("0", CultureInfo.InvariantCulture);
        var unit = Math.Pow(10, Math.Floor(Math.Log10(count)) - 1);
        return (Math.Round(count / unit) * unit).ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary>A time in its largest fitting unit: 45 s, 3 min, 20 h, 4 days.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 90 } => $"{Math.Ceiling(duration.TotalSeconds):0} s",
        { TotalMinutes: < 90 } => $"{Math.Round(duration.TotalMinutes):0} min",
        { TotalHours: < 48 } => $"{Math.Round(duration.TotalHours):0} h",
        _ => $"{Math.Round(duration.TotalDays):0} days",
    };

    /// <summary>Evidence as the factor whose natural logarithm it is, with two significant digits: 42, 0.31, 1.2e+17. It may be beyond the range of a double.</summary>
    public static string Factor(double log)
    {
        if (double.IsNegativeInfinity(log)) return "0";
        if (double.IsPositiveInfinity(log)) return "infinite";
        if (log is > -9 and < 13) return Significant(Math.Exp(log), 2);

        var exponent = Math.Floor(log / Math.Log(10));
        var mantissa = Math.Exp(log - exponent * Math.Log(10));
        return $"{mantissa.ToString("0.0", CultureInfo.InvariantCulture)}e{exponent.ToString("+0;-0", CultureInfo.InvariantCulture)}";
    }

    private static string Significant(double value, int digits)
    {
        if (value == 0) return "0";
        var decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 15);
        return Math.Round(value, decimals).ToString("0.###############", CultureInfo.InvariantCulture);
    }
}
