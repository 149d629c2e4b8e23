namespace Sluice.Operator.Metrics.Queue;

/// <summary>
/// The last results of one Rollout. An older request that ends later never overwrites a newer one's result. Once forgotten, an instance takes no more.
/// </summary>
internal sealed class RolloutResults
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string Metric, MeasurementKind Kind), (long Number, MeasurementResult Result)> _results = [];
    private bool _forgotten;

    public bool Store(Ticket ticket, MeasurementResult result)
    {
        lock (_lock)
        {
            if (_forgotten) return false;
            if (_results.TryGetValue(ticket.Key, out var kept) && kept.Number > ticket.Number) return false;

            _results[ticket.Key] = (ticket.Number, result);
            return true;
        }
    }

    public IReadOnlyList<MeasurementResult> All()
    {
        lock (_lock) return [.. _results.Values.Select(kept => kept.Result)];
    }

    public void Forget()
    {
        lock (_lock) _forgotten = true;
    }
}
