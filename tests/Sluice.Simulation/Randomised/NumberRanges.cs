using System.Globalization;

namespace Sluice.Simulation.Randomised;

/// <summary>Sets of numbers as people write them: <c>3,5-9</c>.</summary>
internal static class NumberRanges
{
    /// <exception cref="FormatException">It is no list of numbers and ranges.</exception>
    public static IReadOnlySet<int> Parse(string text)
    {
        var numbers = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (first, last) = part.Split('-') switch
            {
                [var one] => (Number(one), Number(one)),
                [var from, var to] => (Number(from), Number(to)),
                _ => throw Wrong(),
            };
            if (last < first || last > 100_000) throw Wrong();
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return numbers;

        int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong();
        FormatException Wrong() => new($"'{text}' is no list of numbers such as 3,5-9");
    }

    public static string Format(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1) ranges[^1] = (ranges[^1].First, number);
            else ranges.Add((number, number));
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
    }
}
