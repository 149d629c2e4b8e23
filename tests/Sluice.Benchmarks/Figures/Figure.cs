using System.Globalization;

namespace Sluice.Benchmarks.Figures;

/// <summary>A figure of a run, as text, beside the one that it should reach.</summary>
internal sealed record Figure(string Name, string Wanted, string Reached, bool Met)
{
    public static Figure AtMost(string name, double wanted, double reached, string unit, string note = "") =>
        new(name, $"≤ {Text(wanted)} {unit}".TrimEnd(), $"{Text(reached)} {unit}{note}".TrimEnd(), reached <= wanted);

    public static Figure AtLeast(string name, double wanted, double reached, string unit) =>
        new(name, $"≥ {Text(wanted)} {unit}", $"{Text(reached)} {unit}", reached >= wanted);

    private static string Text(double value) => value.ToString(value >= 100 ? "#,##0" : "0.##", CultureInfo.InvariantCulture);
}
