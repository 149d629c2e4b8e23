using System.Runtime.InteropServices;

namespace Sluice.Sandbox.Processes;

/// <summary>Asks a process to end: .NET itself can only kill.</summary>
internal static class PosixSignals
{
    private const int Terminate = 15;

    /// <summary>Sends SIGTERM; a process that has gone already is no error.</summary>
    public static void SendTerminate(int processId) => _ = NativeMethods.Kill(processId, Terminate);

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);
    }
}
