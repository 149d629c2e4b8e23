using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Kubernetes.Client;

namespace Sluice.Kubernetes.Caching;

/// <summary>Reads the lines of an open watch. A last line that was cut off by the end of the connection is dropped: nobody has seen its version yet.</summary>
internal sealed class WatchStream(HttpResponseMessage response) : IDisposable
{
    /// <summary>Far above etcd's limit for one object.</summary>
    private const int MaxLineBytes = 64 * 1024 * 1024;

    /// <summary>Yields the events until the stream ends.</summary>
    /// <exception cref="JsonException">A complete line is not an event.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async IAsyncEnumerable<RawWatchEvent> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(ct));
        var searched = 0L;
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            var buffer = result.Buffer;
            while (TryTakeLine(ref buffer, searched, out var line))
            {
                searched = 0;
                if (Parse(line) is { } parsed)
                    yield return parsed;
            }

            if (result.IsCompleted)
            {
                if (ParseLast(buffer) is { } last)
                    yield return last;

                await reader.CompleteAsync();
                yield break;
            }

            if (buffer.Length > MaxLineBytes)
                throw new JsonException("a line of the watch is too long");

            searched = buffer.Length;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public void Dispose() => response.Dispose();

    /// <summary>Takes the first line, whose end is not among the bytes <paramref name="searched"/> before: a long one is not searched anew with each piece.</summary>
    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, long searched, out ReadOnlySequence<byte> line)
    {
        if (buffer.Slice(searched).PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static RawWatchEvent? Parse(ReadOnlySequence<byte> line)
    {
        if (IsBlank(line))
            return null;

        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = KubernetesJson.MaxDepth });
        return JsonSerializer.Deserialize(ref json, ClientJsonContext.Default.RawWatchEvent) ?? throw new JsonException("null instead of an event");
    }

    private static RawWatchEvent? ParseLast(ReadOnlySequence<byte> rest)
    {
        try
        {
            return Parse(rest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \r\t"u8))
                return false;
        }

        return true;
    }
}
