using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Kubernetes.Events;

/// <summary>
/// Remembers what was recorded lately: which event an occurrence repeats, and how many an object may still have. Used by one thread;
/// bounded however many objects there are, and in bytes too, for of what says whether two are the same only a digest is kept.
/// </summary>
internal sealed class EventSeries(EventRecorderOptions options)
{
    private const int MaxRemembered = 4096;

    private readonly Dictionary<UInt128, Series> series = [];
    private readonly Dictionary<UInt128, Allowance> allowances = [];

    /// <summary>Spends one of the object's events of a type; false when it has none left. Each type has its own: the steps of a long plan keep no warning away.</summary>
    public bool TrySpend(EventKey key, DateTimeOffset now)
    {
        var subject = Digest([.. Subject(key), key.Type]);
        if (!allowances.TryGetValue(subject, out var allowance))
        {
            Trim(allowances, static allowance => allowance.At);
            allowance = new Allowance(options.BurstPerObject, now);
        }

        var refilled = Math.Min(options.BurstPerObject, allowance.Left + (Math.Max(0, (now - allowance.At).Ticks) / (double)options.RefillPeriod.Ticks));
        var allowed = refilled >= 1;
        allowances[subject] = new Allowance(allowed ? refilled - 1 : refilled, now);
        return allowed;
    }

    /// <summary>The event that the occurrence repeats, counted up; null when it is a new one.</summary>
    public Series? Repeat(Occurrence occurrence)
    {
        var digest = DigestOf(occurrence.Key);
        if (!series.TryGetValue(digest, out var known) || occurrence.At - known.LastAt > options.SeriesEndsAfter)
            return null;

        return series[digest] = known with { Count = known.Count + 1, LastAt = occurrence.At };
    }

    public void Begin(Occurrence occurrence, string name)
    {
        Trim(series, static entry => entry.LastAt);
        series[DigestOf(occurrence.Key)] = new Series(name, Count: 1, occurrence.At);
    }

    public void Forget(EventKey key) => series.Remove(DigestOf(key));

    /// <summary>Drops the older half when full.</summary>
    private static void Trim<TKey, TValue>(Dictionary<TKey, TValue> remembered, Func<TValue, DateTimeOffset> lastUse)
        where TKey : notnull
    {
        if (remembered.Count < MaxRemembered)
            return;

        foreach (var (key, _) in remembered.OrderBy(entry => lastUse(entry.Value)).Take(MaxRemembered / 2).ToList())
            remembered.Remove(key);
    }

    private static UInt128 DigestOf(EventKey key) => Digest([.. Subject(key), key.Type, key.Reason, key.Action, key.Note]);

    private static string[] Subject(EventKey key) => [key.Kind, key.Uid, key.Regarding.Namespace, key.Regarding.Name];

    /// <summary>Half of a SHA-256: two that differ never meet in it.</summary>
    private static UInt128 Digest(string[] words) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', words))));

    internal readonly record struct Series(string Name, int Count, DateTimeOffset LastAt);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Allowance(double Left, DateTimeOffset At);
}
