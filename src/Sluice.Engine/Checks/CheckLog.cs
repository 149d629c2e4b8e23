using System.Text;
using System.Text.RegularExpressions;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Checks;

/// <summary>What is kept of checks' logs, which share the little room that a status and a Release have.</summary>
internal static partial class CheckLog
{
    /// <summary>For the checks of one step together: they are in the status until the next step that has checks, or the end.</summary>
    public const int MostOfStep = 3 * 1024;

    /// <summary>For the checks of a plan together: they are in the Release.</summary>
    public const int MostOfPlan = 16 * 1024;

    /// <summary>Bytes of JSON that one check may keep.</summary>
    public static int LimitFor(ReleasePlan plan, PlanStep.Checks step) =>
        Math.Min(MostOfStep / Math.Max(1, step.Jobs.Count), MostOfPlan / Math.Max(1, plan.Steps.OfType<PlanStep.Checks>().Sum(other => other.Jobs.Count)));

    /// <summary>The end of a log that takes no more than so many bytes as JSON; null where nothing is left. Colours and other control sequences are left out.</summary>
    public static string? Tail(string? log, int limit)
    {
        var text = ControlSequences().Replace(log ?? "", "").TrimEnd();
        var start = text.Length;
        for (var bytes = 0; start > 0;)
        {
            var width = start > 1 && char.IsLowSurrogate(text[start - 1]) && char.IsHighSurrogate(text[start - 2]) ? 2 : 1;
            bytes += BytesOf(text.AsSpan(start - width, width));
            if (bytes > limit) break;
            start -= width;
        }

        return start == text.Length ? null : text[start..];
    }

    private static int BytesOf(ReadOnlySpan<char> character) => character[0] is '"' or '\\' or '\n' or '\t' ? 2 : Encoding.UTF8.GetByteCount(character);

    /// <summary>Escape sequences as terminals know them (ECMA-48), and control characters but for line ends and tabs.</summary>
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ControlSequences();
}
