using System.Globalization;

namespace Sluice.Simulation.Power;

/// <summary>Plants the bugs of one source file, each behind a switch of its own, all at once.</summary>
internal static class SourceMutation
{
    /// <summary>The text of the file with every bug in it.</summary>
    /// <exception cref="FormatException">A bug's place is not in the text exactly once, or two bugs change overlapping places.</exception>
    public static string Apply(string text, IReadOnlyList<PlantedBug> bugs)
    {
        var places = bugs.GroupBy(bug => bug.Find)
            .Select(group => (At: PlaceOf(text, group.First()), Find: group.Key, Bugs: group.ToList()))
            .OrderByDescending(place => place.At)
            .ToList();
        var following = text.Length;
        foreach (var (at, find, planted) in places)
        {
            if (at + find.Length > following) throw new FormatException($"{planted[0].Name} overlaps with another bug of {planted[0].File}");
            following = at;
            text = text[..at] + planted.Aggregate(find, Plant) + text[(at + find.Length)..];
        }

        return text;
    }

    private static int PlaceOf(string text, PlantedBug bug)
    {
        var first = text.IndexOf(bug.Find, StringComparison.Ordinal);
        if (first < 0) throw new FormatException($"{bug.Name}: '{bug.Find}' is not in {bug.File}");
        if (text.IndexOf(bug.Find, first + 1, StringComparison.Ordinal) >= 0) throw new FormatException($"{bug.Name}: '{bug.Find}' is in {bug.File} more than once");
        return first;
    }

    /// <summary>Several bugs of one place are nested: where none is switched on, the original is left.</summary>
    private static string Plant(string original, PlantedBug bug)
    {
        var isOn = $"PlantedBugs.Is(\"{bug.Name}\")";
        if (bug.Replace.Contains(PlantedBug.Switch, StringComparison.Ordinal))
        {
            return original == bug.Find
                ? bug.Replace.Replace(PlantedBug.Switch, isOn, StringComparison.Ordinal)
                : throw new FormatException($"{bug.Name}: a bug that decides itself shares its place with another");
        }

        return bug.Find.EndsWith(';')
            ? string.Create(CultureInfo.InvariantCulture, $"if ({isOn}) {{ {bug.Replace} }} else {{ {original} }}")
            : string.Create(CultureInfo.InvariantCulture, $"({isOn} ? ({bug.Replace}) : ({original}))");
    }
}
