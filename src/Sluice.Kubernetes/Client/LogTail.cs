using System.Text;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// The end of a log. The API can limit lines from the end but bytes only from the beginning, so the last lines are asked for
/// and the last bytes of them are kept while they stream by.
/// </summary>
internal static class LogTail
{
    private const int TypicalLineBytes = 64;

    /// <summary>More lines than fit, were they as long as lines typically are.</summary>
    public static int LinesFor(int limitBytes) => Math.Clamp(limitBytes / TypicalLineBytes * 2, 10, 5_000);

    public static async Task<string?> ReadAsync(HttpResponseMessage response, int limitBytes, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var window = new byte[(2 * limitBytes) + 4096];
        var length = 0;
        var cut = false;
        int read;
        while ((read = await stream.ReadAsync(window.AsMemory(length), ct)) > 0)
        {
            length += read;
            if (length < window.Length)
                continue;

            window.AsSpan(length - limitBytes, limitBytes).CopyTo(window);
            length = limitBytes;
            cut = true;
        }

        var tail = window.AsSpan(Math.Max(0, length - limitBytes), Math.Min(length, limitBytes));
        return Encoding.UTF8.GetString(cut || length > limitBytes ? FromCharacterStart(tail) : tail);
    }

    /// <summary>Drops the rest of a character whose first byte was cut off.</summary>
    private static ReadOnlySpan<byte> FromCharacterStart(ReadOnlySpan<byte> text)
    {
        const int continuationMask = 0b1100_0000;
        const int continuation = 0b1000_0000;
        var start = 0;
        while (start < text.Length && start < 4 && (text[start] & continuationMask) == continuation)
            start++;

        return text[start..];
    }
}
