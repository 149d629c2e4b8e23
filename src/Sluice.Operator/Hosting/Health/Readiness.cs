namespace Sluice.Operator.Hosting.Health;

/// <summary>Whether this process is of use: its caches are complete, leading or standing by. Says why not until then.</summary>
internal sealed class Readiness
{
    private volatile string? _hindrance = "starting";

    /// <summary>Null when ready.</summary>
    public string? Hindrance => _hindrance;

    public void WaitFor(string hindrance) => _hindrance = hindrance;

    public void Ready() => _hindrance = null;
}
