using System.Diagnostics;

namespace Sluice.Sandbox.Processes;

/// <summary>What is started as a process of its own.</summary>
/// <param name="Name">As people call it, in error messages.</param>
/// <param name="Program">Path of the executable.</param>
/// <param name="Arguments">Passed as they are, with no shell between.</param>
/// <param name="LogFile">Takes what the process writes to its output and error streams, appended to; null keeps it nowhere.</param>
public sealed record ChildProcessOptions(string Name, string Program, IReadOnlyList<string> Arguments, string? LogFile)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it has the variables of this process too.</summary>
    public bool InheritsEnvironment { get; init; } = true;

    /// <summary>Told of each line written, from any thread.</summary>
    public Action<string>? Line { get; init; }
}

/// <summary>A process that ends with this one: on disposal it is asked to stop and then made to; when this process exits in any orderly way, it is killed.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly ChildProcessOptions _options;
    private readonly Process _process;
    private readonly StreamWriter? _log;
    private readonly Lock _logGate = new();
    private readonly Queue<string> _lastLines = new();
    private int _disposed;

    private ChildProcess(ChildProcessOptions options)
    {
        _options = options;
        _log = options.LogFile is { } file ? new StreamWriter(file, append: true) { AutoFlush = true } : null;
        _process = new Process { StartInfo = StartInfo(options) };
    }

    public int Id { get; private set; }

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote.</summary>
    public string LastLines
    {
        get
        {
            lock (_logGate) return _lastLines.Count == 0 ? "(it wrote nothing)" : string.Join('\n', _lastLines);
        }
    }

    /// <summary>Starts the program; whether it then serves is for its caller to find out.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program, or it may not be run.</exception>
    public static ChildProcess Start(ChildProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var child = new ChildProcess(options);
        child._process.OutputDataReceived += (_, line) => child.Write(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Write(line.Data);
        child.Launch();
        child.Id = child._process.Id;
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until <paramref name="condition"/> holds; asks again every 50 ms.</summary>
    /// <exception cref="SandboxException">The process ended, or the deadline passed; the message carries its last lines.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan deadline, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var late = new CancellationTokenSource(deadline, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            while (!await condition(either.Token))
            {
                if (HasExited) throw await EndedAsync(either.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, either.Token);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SandboxException($"{_options.Name} was not ready within {deadline.TotalSeconds:0} s:\n{LastLines}", e);
        }
    }

    /// <summary>Waits for its end, whoever brings it about. Returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, and no more.</summary>
    public void Terminate()
    {
        if (!HasExited) PosixSignals.SendTerminate(Id);
    }

    /// <summary>SIGTERM, and after ten seconds SIGKILL. Returns the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        Terminate();
        using var late = new CancellationTokenSource(Grace, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            await _process.WaitForExitAsync(either.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return await KillAsync();
        }
    }

    /// <summary>SIGKILL: the process gets no chance to tidy up.</summary>
    public async Task<int> KillAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await StopAsync(CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit -= KillOnExit;
        _process.Dispose();
        lock (_logGate) _log?.Dispose();
    }

    private void Launch()
    {
        try
        {
            _process.Start();
        }
        catch
        {
            _process.Dispose();
            _log?.Dispose();
            throw;
        }

        AppDomain.CurrentDomain.ProcessExit += KillOnExit;
    }

    private static ProcessStartInfo StartInfo(ChildProcessOptions options)
    {
        var start = new ProcessStartInfo(options.Program, options.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!options.InheritsEnvironment) start.Environment.Clear();
        foreach (var (name, value) in options.Environment) start.Environment[name] = value;
        return start;
    }

    private void Write(string? line)
    {
        if (line is null) return;
        lock (_logGate)
        {
            if (_disposed == 0) _log?.WriteLine(line);
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept) _lastLines.Dequeue();
        }

        _options.Line?.Invoke(line);
    }

    private async Task<SandboxException> EndedAsync(CancellationToken ct)
    {
        // Waits for the end of its output too: the last lines say why.
        await _process.WaitForExitAsync(ct);
        return new SandboxException($"{_options.Name} ended with exit code {_process.ExitCode}:\n{LastLines}");
    }

    private void KillOnExit(object? sender, EventArgs e) => Kill();

    private void Kill()
    {
        if (!HasExited) _process.Kill(entireProcessTree: true);
    }
}
