using System.Runtime.InteropServices;

namespace Sluice.Operator.Hosting;

/// <summary>
/// The memory that the runtime itself takes from glibc, above all to compile code. glibc gives every thread a heap of its own so that threads which allocate all the
/// time do not wait for each other; here a few allocate now and then, and each heap keeps what its thread once took: 10 MiB after some hundred releases.
/// </summary>
internal static class NativeHeap
{
    /// <summary>M_ARENA_MAX of glibc's malloc.h.</summary>
    private const int ArenaMax = -8;

    /// <summary>One heap for all threads that are still to come; nothing with another C library.</summary>
    public static void Share() => Call(static () => NativeMethods.MallocOption(ArenaMax, 1));

    /// <summary>Gives unused pages back to the system; nothing with another C library.</summary>
    public static void Trim() => Call(static () => NativeMethods.MallocTrim(0));

    private static void Call(Func<int> glibc)
    {
        if (!OperatingSystem.IsLinux()) return;

        try
        {
            glibc();
        }
        catch (EntryPointNotFoundException)
        {
            // musl knows neither, and needs neither.
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "mallopt")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int MallocOption(int option, int value);

        [DllImport("libc", EntryPoint = "malloc_trim")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int MallocTrim(nuint pad);
    }
}
