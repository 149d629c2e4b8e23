using Sluice.Api;
using Sluice.Sandbox.Demo.Story;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>One picture of a release: where it is, its pods, its metrics, and what happened so far.</summary>
internal static class ReleasePanel
{
    public const int MaxWidth = 110;

    private const int LabelWidth = 15;
    private const int WideBar = 30;
    private const int NarrowBar = 14;
    private const int WideTerminal = 96;
    private const int LongestMessage = 2;

    /// <summary>Draws for a terminal of a size in characters; when it is too low, the oldest of the timeline are left out.</summary>
    public static IRenderable Draw(ReleaseView view, DemoClock clock, int width, int height)
    {
        var bar = width < WideTerminal ? NarrowBar : WideBar;
        var rows = new List<IRenderable> { Headline(view, clock), new Text(""), Figures(view, bar) };
        var metrics = view.Metrics.Where(metric => metric.CanaryRequests > 0).ToList();
        foreach (var metric in metrics)
        {
            rows.Add(new Text(""));
            rows.Add(Metric(metric, bar));
        }

        rows.Add(new Text(""));

        // Headline and track may take a second line each; the rest takes one line a row.
        var taken = 7 + LongestMessage + view.Pods.Count + (4 * metrics.Count);
        rows.Add(Timeline(view, clock, width, Math.Max(2, height - taken)));
        return new Rows(rows);
    }

    private static Grid Headline(ReleaseView view, DemoClock clock)
    {
        var (word, colour) = (view.Outcome, view.Phase) switch
        {
            (Outcome.Promoted, _) => ("Promoted", "green"),
            (Outcome.RolledBack, _) => ("Rolled back", "yellow"),
            ({ } outcome, _) => (outcome.ToString(), "red"),
            (null, null) => ("Waiting", "dim"),
            (null, Phase.RollingBack) => ("Rolling back", "yellow"),
            (null, Phase.Degraded) => ("Degraded", "red"),
            (null, { } phase) => (phase.ToString(), "blue"),
        };
        var headline = Timed().AddRow(new Markup($"[dim]{clock.Now}[/]"), new Markup($"[bold {colour}]{word}[/]  {Markup.Escape(view.Message)}"));
        return view.Milestones.Count == 0 ? headline : headline.AddRow(new Text(""), Track(view.Milestones));
    }

    private static Markup Track(IReadOnlyList<Milestone> milestones) => new(string.Join("  ", milestones.Select(milestone => milestone.State switch
    {
        MilestoneState.Passed => $"[green]✓ {Markup.Escape(milestone.Name)}[/]",
        MilestoneState.Present => $"[bold blue]▶ {Markup.Escape(milestone.Name)}[/]",
        MilestoneState.Failed => $"[bold red]✗ {Markup.Escape(milestone.Name)}[/]",
        _ => $"[dim]· {Markup.Escape(milestone.Name)}[/]",
    })));

    private static Grid Figures(ReleaseView view, int bar)
    {
        var grid = Table();
        foreach (var group in view.Pods)
        {
            var colour = group.Role == "canary" ? "yellow" : "blue";
            grid.AddRow(Label(Wording.NameOf(group)), new Markup($"{Dots(group, colour)}  [dim]{Wording.Of(group)}[/]"));
        }

        if (view.Outcome is null && view.WeightAsked > 0)
        {
            grid.AddRow(Label("weight"), new Markup($"{Bar(view.WeightActual / 100.0, "yellow", bar)}  {view.WeightAsked}% asked, {view.WeightActual}% real"));
        }

        return grid;
    }

    private static Grid Metric(MetricView metric, int bar)
    {
        var colour = metric.Verdict switch { Verdict.Fail => "red", Verdict.Pass => "green", _ => "default" };

        // A pass needs evidence in all and, so that no weight is waved through, the square root of it at the present weight alone.
        var passing = metric.Verdict == Verdict.Pass ? "[bold green]✓ passes[/]" : $"[dim]to pass ({Math.Sqrt(metric.For.Enough):0.0} at this weight)[/]";
        var failing = metric.Verdict == Verdict.Fail ? "[bold red]✗ fails[/]" : "[dim]to roll back[/]";
        return Table()
            .AddRow(Label($"{metric.Name} ≤ {metric.Max}"), new Markup($"[{colour}]{Markup.Escape(Wording.Rates(metric))}[/]"))
            .AddRow(Label("  for it"), Evidence(metric.For, "green", bar, passing))
            .AddRow(Label("  against it"), Evidence(metric.Against, "red", bar, failing));
    }

    private static Markup Evidence(EvidenceView evidence, string colour, int bar, string comment) =>
        new($"{Bar(evidence.Progress, colour, bar)}  {Markup.Escape(evidence.Text)} [dim]of {evidence.Enough:0}[/] {comment}");

    private static Grid Timeline(ReleaseView view, DemoClock clock, int width, int lines)
    {
        // Counted from the newest back, as long as they fit.
        var fitting = new Stack<TimelineEntry>();
        var room = lines;
        foreach (var entry in view.Timeline.Reverse())
        {
            room -= ((Wording.Of(entry).Length + 1) / Math.Max(1, width - 10)) + 1;
            if (room < 0) break;
            fitting.Push(entry);
        }

        var grid = Timed();
        foreach (var entry in fitting)
        {
            var text = Wording.Of(entry);
            var colour = entry.To is nameof(Stage.RollingBack) or nameof(Outcome.RolledBack) or nameof(Outcome.Failed) ? "yellow" : "default";
            grid.AddRow(new Markup($"[dim]{clock.Since(entry.At)}[/]"), new Markup($"[{colour}]{Markup.Escape(text)}[/]"));
        }

        return grid;
    }

    /// <summary>A column of times, and one that wraps beside it.</summary>
    private static Grid Timed() => new Grid().AddColumn(new GridColumn().NoWrap().Width(5).PadLeft(0).PadRight(2)).AddColumn(new GridColumn().PadRight(0));

    private static Grid Table() => new Grid().AddColumn(new GridColumn().NoWrap().Width(LabelWidth).PadLeft(7).PadRight(1)).AddColumn(new GridColumn().PadRight(0));

    private static Markup Label(string text) => new($"[dim]{Markup.Escape(text)}[/]");

    private static string Dots(PodGroup group, string colour) =>
        $"[{colour}]{new string('●', group.Available)}[/][{colour}]{new string('○', group.Starting)}[/][dim]{new string('◌', group.Terminating)}[/]";

    private static string Bar(double share, string colour, int width)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return $"[{colour}]{new string('━', full)}[/][dim]{new string('─', width - full)}[/]";
    }
}
