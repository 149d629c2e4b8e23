namespace Sluice.EndToEnd.Leadership.World;

/// <summary>Scenarios that run at the same time.</summary>
internal static class Scenario
{
    /// <summary>Runs one for each case; a failure names its case.</summary>
    public static Task AllAsync<T>(IEnumerable<T> cases, Func<T, Task> run) => Task.WhenAll(cases.Select(async it =>
    {
        try
        {
            await run(it);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{(it is Delegate scenario ? scenario.Method.Name : it?.ToString())}: {error.Message}", error);
        }
    }));
}
