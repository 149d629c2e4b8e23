using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// Reads a piece of JSON that was read lately as the same element. A Rollout's pod template is also its Releases', and those of one team look alike.
/// What is remembered is bounded; each piece has one place, and the last one there stays.
/// </summary>
internal sealed class SharedJson : JsonConverter<JsonElement>
{
    private const int Places = 1 << 10;

    /// <summary>Of JSON, in all; an element takes about twice as much. When it is reached, everything is forgotten.</summary>
    private const int MaxBytes = 1 << 20;

    private static Memory memory = new();

    /// <summary>What was read stays as it is; what will be read is remembered anew.</summary>
    public static void Forget() => Volatile.Write(ref memory, new Memory());

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var read = JsonElement.ParseValue(ref reader);
        return read.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Share(read) : read;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    private static JsonElement Share(JsonElement read)
    {
        var text = JsonMarshal.GetRawUtf8Value(read);
        var hash = default(HashCode);
        hash.AddBytes(text);
        var current = Volatile.Read(ref memory);
        ref var place = ref current.Known[hash.ToHashCode() & (Places - 1)];
        if (Volatile.Read(ref place) is { } known && JsonMarshal.GetRawUtf8Value(known.Element).SequenceEqual(text)) return known.Element;

        if (Interlocked.Add(ref current.Bytes, text.Length) > MaxBytes) Forget();
        else Volatile.Write(ref place, new Piece(read));
        return read;
    }

    private sealed class Memory
    {
        public readonly Piece?[] Known = new Piece?[Places];

        public int Bytes;
    }

    /// <summary>One reference, so that it is there wholly or not at all.</summary>
    private sealed record Piece(JsonElement Element);
}
