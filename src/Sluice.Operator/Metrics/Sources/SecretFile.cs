namespace Sluice.Operator.Metrics.Sources;

/// <summary>
/// The text of a mounted secret or certificate, read again when a minute has passed: a rotated credential is in use soon after the kubelet wrote it.
/// Its content is never part of a message or a log.
/// </summary>
internal sealed class SecretFile(string path, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private Reading? _last;

    private sealed record Reading(string? Content, long Timestamp);

    /// <summary>Null when the file cannot be read.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.Timestamp) < Freshness) return last.Content;

        var reading = new Reading(await ReadNowAsync(cancellationToken), time.GetTimestamp());
        _last = reading;
        return reading.Content;
    }

    /// <summary>The next read goes to the file, whatever the time.</summary>
    public void Forget() => _last = null;

    private async Task<string?> ReadNowAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
