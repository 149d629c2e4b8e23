namespace Sluice.EndToEnd.Leadership.World;

/// <summary>
/// What must be true of every ledger, whatever happened to the operators. Together: there is one writer at a time. A leader writes only while nobody else can
/// have taken the lease; nobody takes it before it has expired or was given back; and each write can only do what its sender saw a reason for.
/// </summary>
internal static class LedgerRules
{
    /// <summary>A sentence for each thing that must not be.</summary>
    public static IReadOnlyList<string> Violations(Ledger ledger)
    {
        var entries = ledger.Entries;
        return
        [
            .. Unfenced(entries),
            .. WrittenWithoutLease(entries),
            .. WrittenUnderAnother(entries, ledger.Successions),
            .. TakenEarly(entries),
            .. CreatedTwice(entries),
        ];
    }

    private static IEnumerable<string> Unfenced(IReadOnlyList<LedgerEntry> entries) =>
        entries.Where(entry => entry is { Fence: null, IsEvent: false }).Select(entry => $"nothing would make the server refuse this when it is late: {entry}");

    /// <summary>Each write arrives before the lease that its sender wrote last can expire.</summary>
    private static IEnumerable<string> WrittenWithoutLease(IReadOnlyList<LedgerEntry> entries) =>
        from entry in entries
        where !entry.IsElection
        let renewal = entries.LastOrDefault(own => own is { IsElection: true, HasEffect: true } && own.Writer == entry.Writer && own.ArrivedAt <= entry.ArrivedAt)
        where renewal is not { Holder.Length: > 0 } || entry.ArrivedAt - renewal.ArrivedAt > TimeSpan.FromSeconds(renewal.LeaseSeconds)
        select $"its sender had no lease: {entry}, last renewal: {renewal}";

    /// <summary>No write of one operator arrives after another has become leader. What had arrived by then may be carried out later; its fence decides whether it is.</summary>
    private static IEnumerable<string> WrittenUnderAnother(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<LedgerEntry> successions) =>
        from entry in entries
        where !entry.IsElection
        let leader = successions.LastOrDefault(succession => succession.AnsweredAt <= entry.ArrivedAt)
        where leader?.Writer != entry.Writer
        select $"{leader?.Writer ?? "nobody"} led when this arrived: {entry}";

    /// <summary>A lease that was not given back is taken no sooner than its duration after the last renewal arrived.</summary>
    private static IEnumerable<string> TakenEarly(IReadOnlyList<LedgerEntry> entries)
    {
        LedgerEntry? last = null;
        foreach (var entry in entries.Where(entry => entry is { IsElection: true, HasEffect: true }).OrderBy(entry => entry.Version))
        {
            if (last is { Holder.Length: > 0 } && entry.Holder is { Length: > 0 } && last.Holder != entry.Holder && entry.ArrivedAt - last.ArrivedAt < TimeSpan.FromSeconds(last.LeaseSeconds))
                yield return $"the lease of {last} was taken before it had expired: {entry}";
            last = entry;
        }
    }

    private static IEnumerable<string> CreatedTwice(IReadOnlyList<LedgerEntry> entries) =>
        from entry in entries
        where entry is { Method: "POST", HasEffect: true, IsEvent: false, IsElection: false }
        group entry by (entry.Path, entry.Name) into created
        where created.Count() > 1
        select $"created {created.Count()} times: {string.Join("; ", created)}";
}
