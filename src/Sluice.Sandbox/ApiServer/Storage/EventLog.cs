namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>
/// The recent writes of one resource, oldest first. A position counts events since the resource began, so a reader's
/// position stays meaningful while old events are dropped.
/// </summary>
internal sealed class EventLog(int capacity)
{
    private const int FirstLength = 64;

    // Grows up to the capacity: most resources of most clusters never change so often.
    private StoreEvent?[] _ring = new StoreEvent?[Math.Min(FirstLength, capacity)];
    private long _first;

    /// <summary>Position after the newest event.</summary>
    public long End { get; private set; }

    /// <summary>Version of the newest event that was dropped: nothing at or before it can be replayed.</summary>
    public long Compacted { get; private set; }

    public void Append(StoreEvent change)
    {
        if (End - _first == capacity) DropFirst();
        else if (End - _first == _ring.Length) Grow();
        _ring[End % _ring.Length] = change;
        End++;
    }

    /// <summary>The event at a position, or null when that event was dropped.</summary>
    public StoreEvent? At(long position) => position < _first ? null : _ring[position % _ring.Length];

    /// <summary>Position of the first event whose version is above the given one.</summary>
    public long PositionAfter(long resourceVersion)
    {
        var (low, high) = (_first, End);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_ring[middle % _ring.Length]!.ResourceVersion <= resourceVersion) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    public void Compact(long resourceVersion)
    {
        while (_first < End && _ring[_first % _ring.Length]!.ResourceVersion <= resourceVersion) DropFirst();
        Compacted = Math.Max(Compacted, resourceVersion);
    }

    private void Grow()
    {
        var wider = new StoreEvent?[Math.Min(_ring.Length * 2, capacity)];
        for (var position = _first; position < End; position++) wider[position % wider.Length] = _ring[position % _ring.Length];
        _ring = wider;
    }

    private void DropFirst()
    {
        Compacted = Math.Max(Compacted, _ring[_first % _ring.Length]!.ResourceVersion);
        _ring[_first % _ring.Length] = null;
        _first++;
    }
}
