using System.Text;

namespace Sluice.Sandbox.ApiServer;

/// <summary>A container's log, from where it stands on, until the container ends or its pod is gone.</summary>
public sealed class LogStream : IResponseStream
{
    private readonly Lock _gate;
    private readonly Func<string> _text;
    private readonly Func<bool> _isOver;
    private readonly Action<LogStream> _detach;
    private readonly Queue<string> _pending = [];
    private int _position;
    private bool _disposed;
    private TaskCompletionSource? _waiter;

    /// <param name="gate">The server's.</param>
    /// <param name="first">What the reader gets first: the log so far, or a part of it.</param>
    /// <param name="text">The whole log as it is.</param>
    /// <param name="isOver">Whether the container will write no more.</param>
    /// <param name="detach">Called once, when nobody reads any more.</param>
    internal LogStream(Lock gate, string first, Func<string> text, Func<bool> isOver, Action<LogStream> detach)
    {
        (_gate, _text, _isOver, _detach) = (gate, text, isOver, detach);
        _position = text().Length;
        if (first.Length > 0) _pending.Enqueue(first);
    }

    public bool TryRead(out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            Look();
            var found = _pending.TryDequeue(out var text);
            bytes = found ? Encoding.UTF8.GetBytes(text!) : default;
            return found;
        }
    }

    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wake;
            lock (_gate)
            {
                Look();
                if (_pending.Count > 0) return true;
                if (_disposed || _isOver()) return false;
                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _waiter.Task;
            }

            await wake.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _detach(this);
            Wake();
        }
    }

    /// <summary>Lets a waiting reader look again.</summary>
    internal void Wake()
    {
        _waiter?.TrySetResult();
        _waiter = null;
    }

    private void Look()
    {
        var text = _text();
        if (text.Length > _position) _pending.Enqueue(text[_position..]);
        _position = text.Length;
    }
}
