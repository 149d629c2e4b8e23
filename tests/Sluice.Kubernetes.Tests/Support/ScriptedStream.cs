using System.Text;
using System.Threading.Channels;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A response body that arrives piece by piece: it may stall, end cleanly or break.</summary>
public sealed class ScriptedStream : Stream
{
    private readonly Channel<byte[]> pieces = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> rest;

    public bool Disposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public ScriptedStream Send(string text)
    {
        pieces.Writer.TryWrite(Encoding.UTF8.GetBytes(text));
        return this;
    }

    public ScriptedStream Line(string text) => Send(text + "\n");

    public ScriptedStream End()
    {
        pieces.Writer.TryComplete();
        return this;
    }

    /// <summary>The connection is reset.</summary>
    public ScriptedStream Break()
    {
        pieces.Writer.TryComplete(new IOException("Connection reset by peer"));
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (rest.IsEmpty)
        {
            if (!await pieces.Reader.WaitToReadAsync(cancellationToken))
                return 0;

            if (pieces.Reader.TryRead(out var piece))
                rest = piece;
        }

        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
