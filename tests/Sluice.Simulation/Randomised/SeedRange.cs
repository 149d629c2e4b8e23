using System.Globalization;

namespace Sluice.Simulation.Randomised;

/// <summary>Seeds as people write them: <c>200</c> for the first 200, <c>17-17</c> for one.</summary>
internal sealed record SeedRange(int First, int Last)
{
    public IEnumerable<int> Seeds => Enumerable.Range(First, Last - First + 1);

    /// <exception cref="FormatException">It is neither a count nor a range.</exception>
    public static SeedRange Parse(string text) => text.Split('-') switch
    {
        [var from, var to] => new SeedRange(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture)),
        [var count] => new SeedRange(1, int.Parse(count, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"'{text}' is neither a count of seeds nor a range such as 17-30"),
    };
}
