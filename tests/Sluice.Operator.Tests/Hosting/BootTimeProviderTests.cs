using Sluice.Operator.Hosting;

namespace Sluice.Operator.Tests.Hosting;

public sealed class BootTimeProviderTests
{
    [Fact]
    public async Task While_the_machine_is_awake_its_timestamps_pass_as_the_systems_do()
    {
        var time = BootTimeProvider.ForThisMachine();
        var before = TimeProvider.System.GetTimestamp();
        var from = time.GetTimestamp();
        var between = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, TestContext.Current.CancellationToken);
        var atLeast = TimeProvider.System.GetElapsedTime(between);
        var passed = time.GetElapsedTime(from);
        var atMost = TimeProvider.System.GetElapsedTime(before);

        // The kernel keeps both by one counter; what is left is rounding.
        passed.ShouldBeInRange(atLeast - TimeSpan.FromMilliseconds(1), atMost + TimeSpan.FromMilliseconds(1));
        atLeast.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(40));
    }

    [Fact]
    public void Its_timestamps_count_from_boot_and_so_never_lag_behind_a_clock_that_stands_still_in_between()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere it is the system's own");
        var time = BootTimeProvider.ForThisMachine();

        (time.GetTimestamp() / time.TimestampFrequency).ShouldBeGreaterThanOrEqualTo(TimeProvider.System.GetTimestamp() / TimeProvider.System.TimestampFrequency);
    }
}
