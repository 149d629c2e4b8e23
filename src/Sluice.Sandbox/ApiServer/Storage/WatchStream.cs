using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>One line of a watch: the event's type (ADDED, MODIFIED, DELETED, BOOKMARK or ERROR) and the whole JSON line.</summary>
public readonly record struct WatchFrame(string Type, ReadOnlyMemory<byte> Line);

/// <summary>
/// The body of a watch. Readers pull: <see cref="TryRead"/> never blocks, <see cref="WaitToReadAsync"/> completes when there may be
/// something to read. A slow reader costs nothing until the history has moved past it; then it gets a 410 and the end.
/// </summary>
public sealed class WatchStream : IResponseStream
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _gate;
    private readonly ObjectStore _store;
    private readonly ResourceStore _resource;
    private readonly WatchFilter _filter;
    private readonly TimeProvider _time;
    private readonly Queue<WatchFrame> _initial;
    private readonly DateTimeOffset _deadline;
    private readonly List<ITimer> _timers = [];
    private readonly long _from;
    private readonly bool _endsAfterInitial;
    private long _position;
    private long _bookmarked;
    private DateTimeOffset _nextBookmark;
    private TaskCompletionSource? _waiter;

    internal WatchStream(
        Lock gate, ObjectStore store, ResourceStore resource, WatchFilter filter, TimeProvider time, WatchStart start)
    {
        (_gate, _store, _resource, _filter, _time, _initial) = (gate, store, resource, filter, time, start.Initial);
        _from = start.After;
        _endsAfterInitial = start.EndsAfterInitial;
        _bookmarked = start.After;
        _position = resource.Log.PositionAfter(start.After);
        var now = time.GetUtcNow();
        _deadline = now + start.Timeout;
        _nextBookmark = now + BookmarkPeriod;
        _timers.Add(time.CreateTimer(_ => Wake(), null, start.Timeout, Timeout.InfiniteTimeSpan));
        if (filter.Bookmarks) _timers.Add(time.CreateTimer(_ => Wake(), null, BookmarkPeriod, BookmarkPeriod));
        resource.Attach(this);
    }

    /// <summary>True once no frame will come any more.</summary>
    public bool Ended { get; private set; }

    /// <summary>Takes the next frame, if there is one now.</summary>
    public bool TryRead(out WatchFrame frame)
    {
        lock (_gate)
        {
            frame = default;
            if (Ended) return false;
            if (_initial.TryDequeue(out frame))
            {
                if (_initial.Count == 0 && _endsAfterInitial) End();
                return true;
            }

            return TryReadChange(out frame) || TryReadBookmark(out frame);
        }
    }

    bool IResponseStream.TryRead(out ReadOnlyMemory<byte> bytes)
    {
        var found = TryRead(out var frame);
        bytes = frame.Line;
        return found;
    }

    /// <summary>Completes with true when <see cref="TryRead"/> is worth a try, with false when the stream has ended.</summary>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wake;
            lock (_gate)
            {
                if (Ended) return false;
                if (HasSomething()) return true;
                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _waiter.Task;
            }

            await wake.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate) End();
    }

    /// <summary>Lets a waiting reader look again.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _waiter?.TrySetResult();
            _waiter = null;
        }
    }

    private bool HasSomething() =>
        _initial.Count > 0 || _position < _resource.Log.End || IsDue(_deadline) || (_filter.Bookmarks && IsDue(_nextBookmark));

    private bool IsDue(DateTimeOffset moment) => _time.GetUtcNow() >= moment;

    private bool TryReadChange(out WatchFrame frame)
    {
        while (_position < _resource.Log.End)
        {
            if (_resource.Log.At(_position) is not { } change) return Expire(out frame);
            _position++;
            // A watch from a version that lies ahead stays silent until the store has passed it.
            if (change.ResourceVersion <= _from) continue;
            if (_filter.Frame(change) is not { } passed) continue;
            frame = passed;
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>A bookmark every minute, and one before the end: the client goes on from there instead of listing again.</summary>
    private bool TryReadBookmark(out WatchFrame frame)
    {
        frame = default;
        var over = IsDue(_deadline);
        var due = _filter.Bookmarks && (over || IsDue(_nextBookmark)) && _store.ResourceVersion > _bookmarked;
        if (due)
        {
            _bookmarked = _store.ResourceVersion;
            frame = _filter.Bookmark(_bookmarked, initialEventsEnd: false);
        }
        else if (over)
        {
            End();
        }

        if (IsDue(_nextBookmark)) _nextBookmark = _time.GetUtcNow() + BookmarkPeriod;
        return due;
    }

    private bool Expire(out WatchFrame frame)
    {
        var status = ApiStatus.Expired($"too old resource version: {_from} ({_resource.Log.Compacted})");
        frame = WatchFilter.Compose("ERROR", status.ToJson().ToUtf8Bytes());
        End();
        return true;
    }

    private void End()
    {
        if (Ended) return;
        Ended = true;
        _resource.Detach(this);
        foreach (var timer in _timers) timer.Dispose();
        _waiter?.TrySetResult();
        _waiter = null;
    }
}
