using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>
/// Runs controllers on the caller's thread: one reconcile after the other, and the clock moves only when nothing is left to do at the
/// present moment. The same start and the same seed give the same history.
/// </summary>
internal sealed class VirtualRuntime(VirtualTimeProvider time, VirtualClusterOptions options)
{
    private const int FailuresKept = 200;

    private readonly List<ControllerSet> _sets = [];
    private readonly Queue<ReconcileFailure> _failures = new();
    private ExceptionDispatchInfo? _violation;

    public VirtualTimeProvider Time { get; } = time;

    public VirtualQueue Queue { get; } = new(options.Interleaving);

    public IReadOnlyList<ControllerSet> Sets => _sets;

    /// <summary>The latest failed reconciles, oldest first.</summary>
    public IReadOnlyCollection<ReconcileFailure> Failures => _failures;

    public long Reconciles { get; private set; }

    public void Add(ControllerSet set) => _sets.Add(set);

    public void Remove(ControllerSet set)
    {
        _sets.Remove(set);
        set.Dispose();
        Queue.Forget(controller => controller.Set == set);
    }

    public void Announce(StateChange change)
    {
        var now = Time.GetUtcNow();
        foreach (var set in _sets) set.Announce(change, now);
    }

    /// <summary>Ends the run at the end of the present step: an invariant does not hold any more.</summary>
    public void Violate(Exception violation) => _violation ??= ExceptionDispatchInfo.Capture(violation);

    public void Fail(VirtualController controller, NamespacedName key, Exception error)
    {
        _failures.Enqueue(new ReconcileFailure(Time.GetUtcNow(), controller.Name, key, error));
        if (_failures.Count > FailuresKept) _failures.Dequeue();
    }

    /// <summary>Does the next thing: one reconcile, or, when none is ready, moving the clock to the next moment, but not beyond <paramref name="limit"/>.</summary>
    /// <returns>False when nothing happens until then.</returns>
    public bool Step(DateTimeOffset limit)
    {
        ThrowViolation();
        var now = Time.GetUtcNow();
        foreach (var set in _sets) set.Deliver(now);
        Queue.Promote(now);
        if (Queue.Ready > 0)
        {
            Reconcile(Queue.Take(), now);
            ThrowViolation();
            return true;
        }

        if (NextMoment() is not { } next || next > limit) return false;
        Time.Advance(next > now ? next - now : TimeSpan.Zero);
        return true;
    }

    /// <summary>Does one reconcile of another process in the middle of one of this process: what happens between two of its calls.</summary>
    /// <returns>False when no other process has anything to do at this moment.</returns>
    public bool StepBeside(string name)
    {
        var now = Time.GetUtcNow();
        foreach (var set in _sets) set.Deliver(now);
        Queue.Promote(now);
        if (Queue.TryTake(controller => controller.Set.Name != name) is not { } key) return false;

        Reconcile(key, now);
        return true;
    }

    /// <summary>
    /// What is still to come at this moment: each process' keys that wait, when their turn is and how often they failed, and all timers. Two runs with the same text
    /// here, the same objects stored and the same in their processes' memories go on in the same way. Null while there is work to do, or an event to deliver.
    /// </summary>
    public string? Outlook()
    {
        if (Queue.Ready > 0 || !_sets.TrueForAll(set => set.IsUpToDate)) return null;

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"now {Time.Elapsed.Ticks}");
        foreach (var set in _sets)
        {
            text.Append('\n').Append(set.Name);
            foreach (var controller in set.Controllers)
            {
                foreach (var (key, count) in controller.Failures) text.Append(CultureInfo.InvariantCulture, $"\n{controller.Name} {key} failed {count}");
            }
        }

        foreach (var (item, at) in Queue.Delayed) text.Append(CultureInfo.InvariantCulture, $"\n{item.Controller.Set.Name} {item.Controller.Name} {item.Key} at {at.Ticks}");
        foreach (var (due, callback) in Time.Timers) text.Append(CultureInfo.InvariantCulture, $"\n{callback.Method.DeclaringType}.{callback.Method.Name} at {due.Ticks}");
        return text.ToString();
    }

    private void ThrowViolation()
    {
        var violation = _violation;
        _violation = null;
        violation?.Throw();
    }

    private DateTimeOffset? NextMoment()
    {
        var next = Queue.NextDue;
        foreach (var set in _sets)
        {
            if (set.NextDelivery is { } delivery && !(next <= delivery)) next = delivery;
        }

        return Time.UntilNextTimer is { } wait && !(next <= Time.GetUtcNow() + wait) ? Time.GetUtcNow() + wait : next;
    }

    private void Reconcile(QueuedKey item, DateTimeOffset now)
    {
        var (controller, key) = item;
        Reconciles++;
        var count = controller.Count(key, now);
        if (count > options.MaxReconcilesPerSecond) throw new HotLoopException(controller.Name, key, count);
        try
        {
            var task = controller.Definition.Reconciler.ReconcileAsync(key, CancellationToken.None);
            if (!task.IsCompleted) throw new AsynchronousReconcileException(controller.Name, key);
            Settle(item, task.GetAwaiter().GetResult(), now);
        }
        catch (Exception error) when (error is not VirtualTimeException)
        {
            Fail(controller, key, error);
            Queue.AddAt(item, now + controller.NextBackoff(key));
        }
    }

    private void Settle(QueuedKey item, ReconcileResult result, DateTimeOffset now)
    {
        if (item.Controller.Set.IsRemoved) return;
        if (result is ReconcileResult.RateLimited)
        {
            Queue.AddAt(item, now + item.Controller.NextBackoff(item.Key));
            return;
        }

        item.Controller.Succeeded(item.Key);
        if (result is ReconcileResult.RequeueAfter after) Queue.AddAt(item, now + (after.Delay > TimeSpan.Zero ? after.Delay : TimeSpan.Zero));
    }
}
