using System.Runtime.InteropServices;

namespace Sluice.Operator.Hosting;

/// <summary>
/// The system's clock with timestamps that go on while the machine is suspended. Those of .NET stand still then (CLOCK_MONOTONIC), and a leader on a virtual
/// machine that was put to sleep would take a lease that has long gone to others for its own when it wakes. What pauses a virtual machine without its knowledge
/// stops every clock of it; then only the versions of objects keep it from doing harm.
/// </summary>
internal sealed class BootTimeProvider : TimeProvider
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>CLOCK_BOOTTIME of Linux' time.h.</summary>
    private const int BootTime = 7;

    public override long TimestampFrequency => NanosecondsPerSecond;

    /// <summary>For this machine: others than Linux have only .NET's own clock.</summary>
    public static TimeProvider ForThisMachine() => OperatingSystem.IsLinux() ? new BootTimeProvider() : System;

    public override long GetTimestamp()
    {
        if (NativeMethods.ClockGetTime(BootTime, out var now) != 0)
            throw new PlatformNotSupportedException($"CLOCK_BOOTTIME cannot be read: error {Marshal.GetLastPInvokeError()}");

        return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;

        public readonly nint Nanoseconds;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ClockGetTime(int clock, out TimeSpec time);
    }
}
