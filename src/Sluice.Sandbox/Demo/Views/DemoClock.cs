using System.Globalization;

namespace Sluice.Sandbox.Demo.Views;

/// <summary>Time since the demo began.</summary>
internal sealed class DemoClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();

    public TimeSpan Elapsed => time.GetUtcNow() - _start;

    /// <summary>Now, as 01:23.</summary>
    public string Now => Text(Elapsed);

    /// <summary>A moment as time since the start; statuses hold whole seconds, so it may seem to lie just before it.</summary>
    public string Since(DateTimeOffset moment) => Text(moment > _start ? moment - _start : TimeSpan.Zero);

    private static string Text(TimeSpan span) => span.ToString(@"mm\:ss", CultureInfo.InvariantCulture);
}
