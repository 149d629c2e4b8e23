using Sluice.Sandbox.Demo.Views;
using Spectre.Console;

namespace Sluice.Sandbox.Demo;

/// <summary>Chooses how to show things: a live picture only where there is a terminal that can be drawn on. NO_COLOR is respected by it.</summary>
internal static class ConsoleStyle
{
    public static IDemoView ViewFor(bool plain, DemoClock clock)
    {
        var console = AnsiConsole.Console;
        return plain || Console.IsOutputRedirected || !console.Profile.Capabilities.Ansi
            ? new PlainView(Console.Out, clock)
            : new TerminalView(console, clock);
    }
}
