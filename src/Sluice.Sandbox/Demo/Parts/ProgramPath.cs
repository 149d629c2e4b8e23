namespace Sluice.Sandbox.Demo.Parts;

/// <summary>Finds the programs that the sandbox runs beside itself.</summary>
internal static class ProgramPath
{
    /// <summary>kubectl, from PATH.</summary>
    /// <exception cref="SandboxException">It is not there; the message says how to get it.</exception>
    public static string Kubectl() => Find("kubectl")
        ?? throw new SandboxException("kubectl (1.29 or newer) is not on PATH. To install it: https://kubernetes.io/docs/tasks/tools/");

    /// <summary>Prometheus, from PATH or where Debian puts it.</summary>
    /// <exception cref="SandboxException">It is not there; the message says how to get it.</exception>
    public static string Prometheus() => Find("prometheus")
        ?? throw new SandboxException(
            "prometheus is not on PATH. On Debian and Ubuntu: sudo apt-get install prometheus (only its program is used, the service may stay off); "
            + "elsewhere put the one from https://prometheus.io/download on PATH.");

    /// <summary>The dotnet that runs this process, or the one on PATH.</summary>
    /// <exception cref="SandboxException">Neither is there.</exception>
    public static string Dotnet()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host)) return host;
        return Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own
            : Find("dotnet") ?? throw new SandboxException("dotnet is not on PATH. To install .NET 10: https://dotnet.microsoft.com/download/dotnet/10.0");
    }

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin")
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
