namespace Sluice.Kubernetes.Time;

/// <summary>
/// A clock that moves only when told. Timers fire inside <see cref="Advance"/>, on the caller's thread, in order of their due time and,
/// when due together, in the order in which they were set; the clock reads a timer's due time while it fires.
/// </summary>
/// <param name="start">The first wall-clock reading; the monotonic clock starts at 0.</param>
public sealed class VirtualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Armed, (long Due, long Sequence)> timers = new();
    private DateTimeOffset wallClockAtZero = start;
    private long elapsed;
    private long sequence;

    /// <summary>Starts at 2026-01-01T00:00:00Z.</summary>
    public VirtualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Ticks of 100 ns, so that a difference of timestamps is a difference of ticks.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How far the clock was advanced so far.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (gate)
            {
                return TimeSpan.FromTicks(elapsed);
            }
        }
    }

    /// <summary>How long until the next timer fires; null when none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (gate)
            {
                DropStale();
                return timers.TryPeek(out var next, out _) ? TimeSpan.FromTicks(Math.Max(0, next.Due - elapsed)) : null;
            }
        }
    }

    /// <summary>The timers that are set: when each fires by <see cref="Elapsed"/>, and what it calls; in the order in which they fire.</summary>
    public IReadOnlyList<(TimeSpan Due, TimerCallback Callback)> Timers
    {
        get
        {
            lock (gate)
            {
                return [.. timers.UnorderedItems.Where(item => item.Element.Timer.IsCurrent(item.Element)).OrderBy(item => item.Priority).Select(item => (TimeSpan.FromTicks(item.Element.Due), item.Element.Timer.Callback))];
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return wallClockAtZero.AddTicks(elapsed);
        }
    }

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return elapsed;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both clocks forward and fires every timer that becomes due on the way, those set meanwhile included.</summary>
    public void Advance(TimeSpan delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delta, TimeSpan.Zero);
        long target;
        lock (gate)
        {
            target = elapsed + delta.Ticks;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Moves the wall clock alone, as a correction by NTP does; timers and timestamps do not notice.</summary>
    public void JumpWallClock(TimeSpan delta)
    {
        lock (gate)
        {
            wallClockAtZero += delta;
        }
    }

    private VirtualTimer? TakeDue(long target)
    {
        lock (gate)
        {
            DropStale();
            if (!timers.TryPeek(out var next, out _) || next.Due > target)
            {
                elapsed = Math.Max(elapsed, target);
                return null;
            }

            timers.Dequeue();
            elapsed = Math.Max(elapsed, next.Due);
            next.Timer.Rearm(next);
            return next.Timer;
        }
    }

    private void DropStale()
    {
        while (timers.TryPeek(out var next, out _) && !next.Timer.IsCurrent(next))
        {
            timers.Dequeue();
        }
    }

    /// <summary>One setting of a timer; a later <see cref="ITimer.Change"/> makes it stale.</summary>
    private sealed record Armed(VirtualTimer Timer, long Due);

    private sealed class VirtualTimer(VirtualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private Armed? current;
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public TimerCallback Callback { get; } = callback;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                current = null;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Arm(dueTime);
                }

                return true;
            }
        }

        public bool IsCurrent(Armed armed) => ReferenceEquals(current, armed);

        public void Rearm(Armed fired)
        {
            current = null;
            if (period > TimeSpan.Zero)
            {
                Arm(TimeSpan.FromTicks(fired.Due - clock.elapsed) + period);
            }
        }

        public void Fire() => Callback(state);

        public void Dispose()
        {
            lock (clock.gate)
            {
                current = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime)
        {
            current = new Armed(this, clock.elapsed + dueTime.Ticks);
            clock.timers.Enqueue(current, (current.Due, clock.sequence++));
        }
    }
}
