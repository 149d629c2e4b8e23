using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>Lines of plain text, one a change, with the time since the start: for files, pipes and CI.</summary>
internal sealed class PlainView(TextWriter output, DemoClock clock) : IDemoView
{
    private readonly Narration _narration = new();

    public void Heading(string title, string subtitle) => Write($"\n{clock.Now}  == {title}: {subtitle}");

    public void Ready(string part, string detail) => Line(part, detail);

    public void Command(string commandLine, string printed)
    {
        Write($"{clock.Now}  $ {commandLine}");
        if (printed.Length > 0) Write(printed.TrimEnd('\n'));
    }

    public Task ShowAsync(Func<Action<ReleaseView>, Task> follow) => follow(view =>
    {
        foreach (var line in _narration.Next(view)) Line(line.Topic, line.Text);
    });

    public void Summary(IReadOnlyList<Check> checks, TimeSpan took)
    {
        Write("");
        foreach (var check in checks) Write($"{(check.Holds ? "ok    " : "FAILED")}  {check.Claim}\n        {check.Evidence}");
        var failed = checks.Count(check => !check.Holds);
        Write(failed == 0 ? $"\nAll {checks.Count} checks held, after {took.TotalSeconds:0} s." : $"\n{failed} of {checks.Count} checks failed, after {took.TotalSeconds:0} s.");
    }

    public void Error(string message) => Write($"{clock.Now}  error: {message}");

    private void Line(string topic, string text) => Write($"{clock.Now}  {topic,-10} {text}");

    // One write a line, flushed: whoever follows a pipe sees each change as it happens.
    private void Write(string text)
    {
        output.Write(text + "\n");
        output.Flush();
    }
}
