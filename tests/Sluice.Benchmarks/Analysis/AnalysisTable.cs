using System.Globalization;
using System.Text;
using Sluice.Api;

namespace Sluice.Benchmarks.Analysis;

/// <summary>The table as docs/analysis.md has it: Markdown, which a terminal shows as well.</summary>
internal static class AnalysisTable
{
    public static string Of(IReadOnlyList<Cell> cells, IReadOnlyList<CellResult> ours, IReadOnlyList<IReadOnlyList<CellResult>> others)
    {
        var text = new StringBuilder();
        List<string> head = ["canary", "requests/s", "promoted", "rolled back", "held after 1 h", .. ThresholdRule.All.Select(rule => rule.Name)];
        Row(text, head);
        Row(text, [.. head.Select(_ => "---")]);
        foreach (var (index, cell) in cells.Index())
        {
            Row(
                text,
                [
                    cell.Name,
                    cell.Traffic.RequestsPerSecond.ToString(CultureInfo.InvariantCulture),
                    With(ours[index], Verdict.Pass),
                    With(ours[index], Verdict.Fail),
                    Percent(ours[index].Share(Verdict.Inconclusive)),
                    .. others.Select(rule => Others(rule[index])),
                ]);
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> columns) => text.Append("| ").AppendJoin(" | ", columns).Append(" |\n");

    private static string With(CellResult result, Verdict verdict) =>
        result.Median(verdict) is { } median ? string.Create(CultureInfo.InvariantCulture, $"{Percent(result.Share(verdict))}, {median:0.##} min") : "0";

    private static string Others(CellResult result) => $"{Percent(result.Share(Verdict.Pass))} / {Percent(result.Share(Verdict.Fail))}";

    private static string Percent(double share) => share switch
    {
        0 => "0",
        1 => "100%",
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0##}%"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0}%"),
    };
}
