using Spectre.Console;

namespace Sluice.Benchmarks.Figures;

/// <summary>Figures as people read them: the reached value beside the wanted one.</summary>
internal static class FigureTable
{
    public static void Print(IReadOnlyList<Figure> figures)
    {
        var table = new Table().AddColumns("figure", "to reach", "reached", "");
        foreach (var figure in figures) table.AddRow(Markup.Escape(figure.Name), Markup.Escape(figure.Wanted), Markup.Escape(figure.Reached), figure.Met ? "ok" : "[red]missed[/]");
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"{figures.Count(figure => figure.Met)} of {figures.Count} reached, on {Environment.ProcessorCount} cores.");
    }
}
