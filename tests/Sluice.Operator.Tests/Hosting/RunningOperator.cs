using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Sluice.Operator.Tests.Hosting;

/// <summary>The operator as a process of its own, as in a pod or on a person's machine.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;
    private readonly string _addressFile;
    private readonly HttpClient _http = new() { Timeout = Deadline };
    private readonly Task _reading;

    private RunningOperator(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        _addressFile = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Sluice.Operator.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["SLUICE_HEALTH_ADDRESS"] = "127.0.0.1:0";
        start.Environment["SLUICE_METRICS_ADDRESS"] = "127.0.0.1:0";
        start.Environment["SLUICE_ADDRESS_FILE"] = _addressFile;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardError), ReadAsync(_process.StandardOutput));
    }

    /// <summary>Everything that was written to standard output and error.</summary>
    public string Log => string.Join('\n', _log);

    public static RunningOperator Start(string arguments, params (string Name, string Value)[] environment) =>
        new(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), environment);

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        await UntilAsync(() => File.Exists(_addressFile), "the operator serves");
        var key = path == "/metrics" ? "metrics=" : "health=";
        var address = (await File.ReadAllLinesAsync(_addressFile)).Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
        using var answer = await _http.GetAsync(new Uri(new Uri(address), path), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task UntilReadyAsync() => UntilAsync(async () => (await GetAsync("/readyz")).Status == HttpStatusCode.OK, "the operator is ready");

    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public void Terminate()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _reading;
        _process.Dispose();
        _http.Dispose();
        File.Delete(_addressFile);
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new InvalidOperationException($"It is not so that {what}. Its log:\n{Log}");

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) _log.Enqueue(line);
    }
}
