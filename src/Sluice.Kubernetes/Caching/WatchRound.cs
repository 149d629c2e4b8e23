namespace Sluice.Kubernetes.Caching;

/// <summary>One attempt to follow, from opening the stream to its end.</summary>
internal sealed class WatchRound(long started)
{
    public long Started => started;

    public bool Opened { get; set; }

    /// <summary>A streamed list began to arrive and is not complete.</summary>
    public bool Collecting { get; set; }

    /// <summary>The watch moved on; a server that repeats itself and hangs up does not count.</summary>
    public bool Progressed { get; set; }

    /// <summary>Not a watch that ended, but another way to begin one.</summary>
    public bool GoesOn { get; set; }

    /// <summary>What ended a stream without a failure, for the metric: itself, our patience or our trust.</summary>
    public string EndedBy { get; set; } = "ended";

    public string? Failure { get; private set; }

    public TimeSpan? RetryAfter { get; private set; }

    public void Fail(string cause, TimeSpan? retryAfter = null)
    {
        Failure = cause;
        RetryAfter = retryAfter;
    }
}
