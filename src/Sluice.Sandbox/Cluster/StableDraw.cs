namespace Sluice.Sandbox.Cluster;

/// <summary>
/// Randomness that depends on the seed and on what it is for, and not on the order in which it is asked: so parallel workers draw the
/// same as a single thread. FNV-1a (64 bit) for the text, then SplitMix64's finaliser (Steele, Lea, Flood 2014).
/// </summary>
internal static class StableDraw
{
    /// <summary>A number in [0, 1).</summary>
    public static double Unit(int seed, string subject) => (Bits(seed, subject) >> 11) * (1.0 / (1UL << 53));

    public static int Seed(int seed, string subject) => unchecked((int)Bits(seed, subject));

    private static ulong Bits(int seed, string subject)
    {
        var hash = 14695981039346656037UL ^ unchecked((uint)seed);
        foreach (var character in subject) hash = (hash ^ character) * 1099511628211UL;
        hash += 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
