using System.Buffers.Binary;

namespace Sluice.Sandbox.ApiServer;

/// <summary>
/// UIDs and name suffixes from one seed: the same seed and the same order of requests give the same identities.
/// The generator is SplitMix64 (Steele, Lea, Flood 2014); identities in a sandbox need no secrecy.
/// </summary>
public sealed class IdSource(ulong seed)
{
    // Kubernetes leaves out vowels and look-alikes, so that no suffix spells a word.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>How much of the sequence was used up, for another source to go on from there.</summary>
    public ulong Drawn { get; private set; }

    /// <summary>Leaves out the beginning of the sequence.</summary>
    /// <param name="drawn">What <see cref="Drawn"/> said of another source.</param>
    public void Skip(ulong drawn) => Drawn += drawn;

    /// <summary>A random (version 4) UUID.</summary>
    public string NextUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Next());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>The five characters that follow a <c>generateName</c>.</summary>
    public string NextSuffix() => string.Create(5, this, static (span, source) =>
    {
        foreach (ref var character in span) character = Alphabet[(int)(source.Next() % (ulong)Alphabet.Length)];
    });

    private ulong Next()
    {
        Drawn += 0x9E3779B97F4A7C15;
        var mixed = seed + Drawn;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
