using Sluice.Sandbox.Demo.Story;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>For a terminal: each release is drawn anew with every change, and its last picture stays.</summary>
internal sealed class TerminalView(IAnsiConsole console, DemoClock clock) : IDemoView
{
    public void Heading(string title, string subtitle)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/] [dim]· {Markup.Escape(subtitle)}[/]") { Justification = Justify.Left, Style = Style.Parse("dim") });
    }

    public void Ready(string part, string detail) =>
        console.MarkupLine($"[dim]{clock.Now}[/]  [green]✓[/] {Markup.Escape(part),-10} [dim]{Markup.Escape(detail)}[/]");

    public void Command(string commandLine, string printed)
    {
        console.MarkupLine($"[dim]$[/] [bold]{Markup.Escape(commandLine)}[/]");

        // As it came: a line that is broken by us could not be copied.
        if (printed.Length > 0) console.Profile.Out.Writer.WriteLine(printed.TrimEnd('\n'));
    }

    public async Task ShowAsync(Func<Action<ReleaseView>, Task> follow)
    {
        ReleaseView? last = null;
        await console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).StartAsync(context => follow(view =>
        {
            last = view;
            context.UpdateTarget(Draw(view, console.Profile.Height - 2));
            context.Refresh();
        }));
        if (last is not null) console.Write(Draw(last, int.MaxValue));
    }

    public void Summary(IReadOnlyList<Check> checks, TimeSpan took)
    {
        var failed = checks.Count(check => !check.Holds);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(1)).AddColumn();
        foreach (var check in checks)
        {
            grid.AddRow(
                new Markup(check.Holds ? "[green]✓[/]" : "[red]✗[/]"),
                new Markup($"[bold]{Markup.Escape(check.Claim)}[/]\n[dim]{Markup.Escape(check.Evidence)}[/]"));
        }

        console.WriteLine();
        console.Write(new Panel(grid)
        {
            Header = new PanelHeader(failed == 0 ? $" [green]all {checks.Count} checks held[/] after {took.TotalSeconds:0} s " : $" [red]{failed} of {checks.Count} checks failed[/] after {took.TotalSeconds:0} s "),
            Border = BoxBorder.Rounded,
            BorderStyle = Style.Parse(failed == 0 ? "green" : "red"),
            Padding = new Padding(1, 0),
        });
    }

    public void Error(string message) => console.MarkupLine($"[red]{Markup.Escape(message)}[/]");

    private IRenderable Draw(ReleaseView view, int height) => ReleasePanel.Draw(view, clock, Math.Min(console.Profile.Width, ReleasePanel.MaxWidth), height);
}
