namespace Sluice.Sandbox.ApiServer;

/// <summary>A body that goes on. Readers pull: <see cref="TryRead"/> never blocks. Whoever sends the answer disposes it.</summary>
public interface IResponseStream : IDisposable
{
    /// <summary>Takes what is there now, if there is something.</summary>
    bool TryRead(out ReadOnlyMemory<byte> bytes);

    /// <summary>Completes with true when <see cref="TryRead"/> is worth a try, with false when nothing will come any more.</summary>
    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);
}
