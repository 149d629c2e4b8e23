namespace Sluice.Operator.Hosting.Endpoints;

/// <summary>
/// Tells whoever started the process where it listens, a line each:
/// <code>
/// health=http://127.0.0.1:41234/
/// metrics=http://127.0.0.1:41235/
/// </code>
/// An endpoint that is off has no line. The file appears complete or not at all.
/// </summary>
internal static class AddressFile
{
    public static async Task WriteAsync(string file, Uri? health, Uri? metrics, CancellationToken ct)
    {
        List<string> lines = [];
        if (health is not null) lines.Add($"health={health}");
        if (metrics is not null) lines.Add($"metrics={metrics}");
        var unfinished = $"{file}.{Environment.ProcessId}";
        await File.WriteAllLinesAsync(unfinished, lines, ct);
        File.Move(unfinished, file, overwrite: true);
    }
}
