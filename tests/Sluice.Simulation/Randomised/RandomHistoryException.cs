using System.Text.RegularExpressions;

namespace Sluice.Simulation.Randomised;

/// <summary>A promise that a random history saw broken.</summary>
internal sealed partial class RandomHistoryException(string message, Exception violation) : Exception(message, violation)
{
    /// <summary>Which promise it is, whatever the names and numbers: two histories with the same break the same.</summary>
    public string Promise { get; } = PromiseOf(violation);

    private static string PromiseOf(Exception violation)
    {
        var text = violation.Message.ReplaceLineEndings("\n");
        var told = text.Split("Additional Info:", 2) is [_, var info] ? info : string.Join('\n', text.Split('\n').Take(2));
        return $"{violation.GetType().Name}: {NamesAndNumbers().Replace(told, "#").Trim()}";
    }

    [GeneratedRegex(@"[\w-]*\d[\w.-]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamesAndNumbers();
}
