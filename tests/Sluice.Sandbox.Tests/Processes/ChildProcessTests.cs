using System.Diagnostics;
using Sluice.Sandbox.Processes;

namespace Sluice.Sandbox.Tests.Processes;

public sealed class ChildProcessTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("child-process-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_child_does_not_outlive_its_disposal()
    {
        var child = Start("exec sleep 300");
        var id = child.Id;
        await child.DisposeAsync();

        IsRunning(id).ShouldBeFalse();
    }

    [Fact]
    public async Task A_child_is_asked_to_stop_before_it_is_made_to()
    {
        await using var child = Start("trap 'exit 7' TERM; echo up; while true; do sleep 0.05; done");
        await child.WaitUntilAsync(_ => Task.FromResult(File.ReadAllText(LogFile).Contains("up", StringComparison.Ordinal)), Long, TestContext.Current.CancellationToken);

        (await child.StopAsync(TestContext.Current.CancellationToken)).ShouldBe(7);
    }

    [Fact]
    public async Task A_child_that_ends_instead_of_serving_is_told_with_its_last_words()
    {
        await using var child = Start("echo the port is taken >&2; exit 3");

        var error = await Should.ThrowAsync<SandboxException>(() => child.WaitUntilAsync(_ => Task.FromResult(false), Long, TestContext.Current.CancellationToken));

        error.Message.ShouldBe("the child ended with exit code 3:\nthe port is taken");
    }

    [Fact]
    public async Task A_child_that_is_never_ready_is_given_up_at_the_deadline()
    {
        await using var child = Start("exec sleep 300");

        var error = await Should.ThrowAsync<SandboxException>(
            () => child.WaitUntilAsync(_ => Task.FromResult(false), TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));

        error.Message.ShouldStartWith("the child was not ready within 0 s");
    }

    [Fact]
    public void A_program_that_is_not_there_is_an_error_and_leaves_nothing_behind()
    {
        var error = Should.Throw<System.ComponentModel.Win32Exception>(() => ChildProcess.Start(new ChildProcessOptions("the child", "no-such-program", [], LogFile)));

        error.Message.ShouldContain("no-such-program");
        Should.NotThrow(() => File.Open(LogFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose());
    }

    private string LogFile => Path.Combine(_folder.FullName, "log");

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private ChildProcess Start(string script) => ChildProcess.Start(new ChildProcessOptions("the child", "/bin/sh", ["-c", script], LogFile));
}
