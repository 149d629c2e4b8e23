namespace Sluice.Sandbox.Demo.Parts;

/// <summary>Where the operator listens: the system chose the ports.</summary>
public sealed record OperatorAddresses(Uri Health, Uri Metrics)
{
    /// <summary>Reads the operator's address file (<c>health=URL</c> and <c>metrics=URL</c>, a line each); null while it is not there.</summary>
    internal static async Task<OperatorAddresses?> ReadAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file)) return null;
        var lines = await File.ReadAllLinesAsync(file, ct);
        return Find(lines, "health=") is { } health && Find(lines, "metrics=") is { } metrics ? new OperatorAddresses(health, metrics) : null;
    }

    private static Uri? Find(IEnumerable<string> lines, string key) => lines
        .Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .Select(line => new Uri(line[key.Length..]))
        .FirstOrDefault();
}
