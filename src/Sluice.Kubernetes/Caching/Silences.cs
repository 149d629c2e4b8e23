namespace Sluice.Kubernetes.Caching;

/// <summary>
/// Tells a quiet server from one that will never speak, such as one whose data were restored from a backup: it has not reached the version that is watched from,
/// and says nothing until it has. Two streams in a row without a line are suspicious. Where nothing but silence follows, the server is quiet (one that has seen
/// no change of a kind since its start sends no bookmarks of it): so twice as many are, up to 32, until something is heard again.
/// </summary>
internal sealed class Silences
{
    private const int FirstSuspicious = 2;
    private const int LastSuspicious = 32;

    private int streams;
    private int suspicious = FirstSuspicious;

    /// <summary>A stream ended without a line. True when the state had better be read anew.</summary>
    public bool EndOfStream()
    {
        if (++streams < suspicious)
            return false;

        streams = 0;
        suspicious = Math.Min(2 * suspicious, LastSuspicious);
        return true;
    }

    /// <summary>A line came, or the connection broke: the server may be another one now.</summary>
    public void Reset()
    {
        streams = 0;
        suspicious = FirstSuspicious;
    }
}
