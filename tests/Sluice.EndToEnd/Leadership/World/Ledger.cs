namespace Sluice.EndToEnd.Leadership.World;

/// <summary>Every write of every operator of a scenario, in the order in which the API server answered.</summary>
internal sealed class Ledger
{
    private readonly Lock gate = new();
    private readonly List<LedgerEntry> entries = [];
    private readonly long started = TimeProvider.System.GetTimestamp();

    /// <summary>Since the scenario began; the clock of every entry.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(started);

    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (gate) return [.. entries];
        }
    }

    /// <summary>Who became leader, and when: writes that put another name into the lease than it had.</summary>
    public IReadOnlyList<LedgerEntry> Successions
    {
        get
        {
            List<LedgerEntry> successions = [];
            string? holder = null;
            foreach (var entry in Entries.Where(entry => entry is { IsElection: true, HasEffect: true }).OrderBy(entry => entry.Version))
            {
                if (entry.Holder is { Length: > 0 } taken && taken != holder) successions.Add(entry);
                holder = entry.Holder;
            }

            return successions;
        }
    }

    /// <summary>Who has led last; null before anybody did.</summary>
    public string? Leader => Successions is [.., var last] ? last.Writer : null;

    public void Add(LedgerEntry entry)
    {
        lock (gate) entries.Add(entry);
    }

    /// <summary>The first succession by this operator since then; null while there is none.</summary>
    public LedgerEntry? SuccessionBy(string writer, TimeSpan since) => Successions.FirstOrDefault(entry => entry.Writer == writer && entry.ArrivedAt >= since);
}
