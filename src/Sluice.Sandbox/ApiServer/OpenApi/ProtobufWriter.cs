using Google.Protobuf;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>A protobuf message in the making, field by field.</summary>
internal sealed class ProtobufWriter : IDisposable
{
    // Most messages are small, and each has a buffer.
    private const int BufferSize = 256;

    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    public ProtobufWriter() => _output = new CodedOutputStream(_bytes, BufferSize, leaveOpen: true);

    public static ByteString Message(Action<ProtobufWriter> write)
    {
        using var writer = new ProtobufWriter();
        write(writer);
        return writer.Written();
    }

    public void Text(int number, string value)
    {
        _output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        _output.WriteString(value);
    }

    public void Flag(int number, bool value)
    {
        _output.WriteTag(number, WireFormat.WireType.Varint);
        _output.WriteBool(value);
    }

    public void Integer(int number, long value)
    {
        _output.WriteTag(number, WireFormat.WireType.Varint);
        _output.WriteInt64(value);
    }

    public void Number(int number, double value)
    {
        _output.WriteTag(number, WireFormat.WireType.Fixed64);
        _output.WriteDouble(value);
    }

    /// <summary>Bytes, or a message within this one.</summary>
    public void Bytes(int number, ByteString value)
    {
        _output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        _output.WriteBytes(value);
    }

    public ByteString Written()
    {
        _output.Flush();
        return ByteString.CopyFrom(_bytes.ToArray());
    }

    public void Dispose()
    {
        _output.Dispose();
        _bytes.Dispose();
    }
}
