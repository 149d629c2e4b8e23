using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>How the demo is shown.</summary>
internal interface IDemoView
{
    /// <summary>A new part of the story.</summary>
    void Heading(string title, string subtitle);

    /// <summary>A part of the sandbox is up.</summary>
    void Ready(string part, string detail);

    /// <summary>A command that a reader could type, and what it printed.</summary>
    void Command(string commandLine, string output);

    /// <summary>Shows a release while <paramref name="follow"/> runs, which tells each new look at it; the last one stays on the screen.</summary>
    Task ShowAsync(Func<Action<ReleaseView>, Task> follow);

    /// <summary>Whether everything held, and how long it took.</summary>
    void Summary(IReadOnlyList<Check> checks, TimeSpan took);

    /// <summary>Something went wrong.</summary>
    void Error(string message);
}
