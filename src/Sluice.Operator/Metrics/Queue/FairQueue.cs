using System.Diagnostics.CodeAnalysis;

namespace Sluice.Operator.Metrics.Queue;

/// <summary>A request that waits, or is carried out, and where its result belongs.</summary>
internal sealed record Ticket(MeasurementRequest Request, RolloutResults Results, long Number)
{
    public (string Metric, MeasurementKind Kind) Key => (Request.Metric, Request.Kind);
}

/// <summary>
/// What waits for one source: each Rollout has its turn, one request at a time, so that one with ten metrics does not hold up one with a single metric.
/// A newer request takes the place of the one of the same Rollout, metric and kind.
/// </summary>
internal sealed class FairQueue(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _turns = [];
    private readonly Dictionary<string, LinkedListNode<Waiting>> _byRollout = [];
    private int _count;

    private sealed record Waiting(string Uid, OrderedDictionary<(string Metric, MeasurementKind Kind), Ticket> Tickets);

    public EnqueueOutcome Enqueue(Ticket ticket)
    {
        var uid = ticket.Request.Rollout.Uid;
        lock (_lock)
        {
            if (_byRollout.TryGetValue(uid, out var node) && node.Value.Tickets.ContainsKey(ticket.Key))
            {
                node.Value.Tickets[ticket.Key] = ticket;
                return EnqueueOutcome.Replaced;
            }

            if (_count >= capacity) return EnqueueOutcome.Full;
            if (node is null)
            {
                node = _turns.AddLast(new Waiting(uid, []));
                _byRollout.Add(uid, node);
            }

            node.Value.Tickets.Add(ticket.Key, ticket);
            _count++;
            return EnqueueOutcome.Added;
        }
    }

    public bool TryDequeue([NotNullWhen(true)] out Ticket? ticket)
    {
        lock (_lock)
        {
            ticket = null;
            if (_turns.First is not { } node) return false;

            ticket = node.Value.Tickets.GetAt(0).Value;
            node.Value.Tickets.RemoveAt(0);
            _count--;
            _turns.Remove(node);
            if (node.Value.Tickets.Count == 0) _byRollout.Remove(node.Value.Uid);
            else _turns.AddLast(node);
            return true;
        }
    }

    public void Remove(string uid)
    {
        lock (_lock)
        {
            if (!_byRollout.Remove(uid, out var node)) return;
            _count -= node.Value.Tickets.Count;
            _turns.Remove(node);
        }
    }
}

internal enum EnqueueOutcome
{
    Added,
    Replaced,
    Full,
}
