namespace Sluice.Kubernetes.Caching;

/// <summary>The stream that a reflector follows now, for whoever doubts it from another thread.</summary>
internal sealed class OpenStream
{
    private readonly Lock gate = new();
    private CancellationTokenSource? end;
    private long opened;

    /// <summary>Another one for each stream; 0 while none is followed.</summary>
    public long Number
    {
        get
        {
            lock (gate)
            {
                return end is null ? 0 : opened;
            }
        }
    }

    /// <summary>Every change comes by this stream from here on. A second call for the same one counts for nothing.</summary>
    /// <param name="distrust">Ends the stream.</param>
    public void Begin(CancellationTokenSource distrust)
    {
        lock (gate)
        {
            if (ReferenceEquals(end, distrust))
                return;

            end = distrust;
            opened++;
        }
    }

    /// <summary>The stream is over.</summary>
    public void End()
    {
        lock (gate)
        {
            end = null;
        }
    }

    /// <summary>Ends the stream, if there is one.</summary>
    public async Task DistrustAsync()
    {
        CancellationTokenSource? current;
        lock (gate)
        {
            current = end;
        }

        if (current is null)
            return;

        try
        {
            await current.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }
}
