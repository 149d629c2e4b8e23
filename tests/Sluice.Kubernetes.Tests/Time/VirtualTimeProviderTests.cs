using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Time;

public sealed class VirtualTimeProviderTests
{
    private readonly VirtualTimeProvider time = new();
    private readonly List<string> fired = [];

    [Fact]
    public void Timers_fire_in_order_of_due_time_and_then_of_setting()
    {
        Set("late", 3);
        Set("first of two", 2);
        Set("second of two", 2);
        Set("early", 1);

        time.Advance(TimeSpan.FromSeconds(2));
        fired.ShouldBe(["early@1", "first of two@2", "second of two@2"]);

        time.Advance(TimeSpan.FromSeconds(1));
        fired[^1].ShouldBe("late@3");
    }

    [Fact]
    public void A_timer_set_by_a_timer_fires_in_the_same_advance_when_due()
    {
        time.CreateTimer(_ => Set("nested", 1), state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromSeconds(5));

        fired.ShouldBe(["nested@2"]);
    }

    [Fact]
    public void A_periodic_timer_repeats_and_a_disposed_or_changed_one_does_not_fire_as_set_before()
    {
        var periodic = time.CreateTimer(_ => Note("tick"), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        var moved = Set("moved", 2);
        moved.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromSeconds(5));
        periodic.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));

        fired.ShouldBe(["tick@1", "tick@3", "moved@4", "tick@5"]);
        time.UntilNextTimer.ShouldBeNull();
    }

    [Fact]
    public async Task Delays_and_cancellation_sources_run_on_it()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        var delay = Task.Delay(TimeSpan.FromSeconds(1), time, TestContext.Current.CancellationToken);
        time.UntilNextTimer.ShouldBe(TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(1));
        await delay;
        source.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        source.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void The_wall_clock_jumps_alone()
    {
        var from = time.GetTimestamp();
        var before = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1));

        time.JumpWallClock(TimeSpan.FromHours(-1));

        time.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(1));
        (time.GetUtcNow() - before).ShouldBe(TimeSpan.FromSeconds(1) - TimeSpan.FromHours(1));
    }

    private ITimer Set(string name, int seconds) => time.CreateTimer(_ => Note(name), state: null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private void Note(string name) => fired.Add($"{name}@{time.Elapsed.TotalSeconds}");
}
