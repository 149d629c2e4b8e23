using System.ComponentModel;
using System.Text.Json;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Processes;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>
/// The container of a pod as a process of this machine: its command with its arguments and variables, without the image, and with no isolation whatever.
/// </summary>
internal sealed class LocalContainer : IAsyncDisposable
{
    private const int MaxLogLength = 1 << 20;

    /// <summary>As container runtimes answer for a command that cannot be started.</summary>
    private const int ExitCodeOfFailedStart = 128;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private ChildProcess? _process;
    private int _length;
    private ContainerEnd? _end;

    /// <summary>How it ended; null while it runs. All that it printed is in the log by then.</summary>
    public ContainerEnd? End => Volatile.Read(ref _end);

    /// <summary>The last MiB of what it printed, on both streams.</summary>
    public string Log
    {
        get
        {
            lock (_gate) return string.Concat(_lines);
        }
    }

    /// <summary>Why a pod cannot be run like this; null when it can.</summary>
    public static string? Obstacle(V1Pod pod)
    {
        if (pod.Spec?.Containers is not [var container] || pod.Spec.InitContainers is { Count: > 0 }) return "only a pod of a single container is run as a process";
        if (container.Command is not { Count: > 0 }) return $"container {container.Name} has no command, and its image is not looked into";
        if (container.EnvFrom is { Count: > 0 }) return $"container {container.Name} takes variables from other objects (envFrom), which is not supported";
        return (container.Env ?? []).FirstOrDefault(variable => variable.TryGetProperty("valueFrom", out _)) is { ValueKind: JsonValueKind.Object } reference
            ? $"variable {reference.GetProperty("name").GetString()} of container {container.Name} has no value of its own (valueFrom), which is not supported"
            : null;
    }

    /// <summary>Starts the only container of a pod without an <see cref="Obstacle"/>; a command that cannot be started ends at once.</summary>
    public static LocalContainer Start(V1Pod pod, TimeProvider time)
    {
        var local = new LocalContainer();
        var container = pod.FirstContainer()!;
        var options = new ChildProcessOptions(container.Name ?? "", container.Command![0], [.. container.Command.Skip(1), .. container.Args ?? []], LogFile: null)
        {
            Environment = Variables(container),
            InheritsEnvironment = false,
            Line = local.Print,
        };
        try
        {
            local._process = ChildProcess.Start(options);
        }
        catch (Win32Exception e)
        {
            local.Print($"exec: {options.Program}: {e.Message}");
            local._end = new ContainerEnd(time.GetUtcNow(), ExitCodeOfFailedStart);
            return local;
        }

        _ = local.FollowAsync(time);
        return local;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _process?.Terminate();

    /// <summary>SIGKILL, for the processes that it started too.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    private static Dictionary<string, string> Variables(V1Container container)
    {
        var variables = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin" };
        foreach (var variable in container.Env ?? [])
        {
            variables[variable.GetProperty("name").GetString() ?? ""] = variable.TryGetProperty("value", out var value) ? value.GetString() ?? "" : "";
        }

        return variables;
    }

    private async Task FollowAsync(TimeProvider time)
    {
        var code = await _process!.WaitForExitAsync(CancellationToken.None);
        Volatile.Write(ref _end, new ContainerEnd(time.GetUtcNow(), code));
    }

    private void Print(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line + "\n");
            _length += line.Length + 1;
            while (_length > MaxLogLength) _length -= _lines.Dequeue().Length;
        }
    }
}

/// <summary>The end of a container.</summary>
internal sealed record ContainerEnd(DateTimeOffset At, int ExitCode);
