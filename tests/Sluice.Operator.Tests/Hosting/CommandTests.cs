using Sluice.Operator.Hosting;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Tests.Hosting;

public sealed class CommandTests
{
    private readonly StringWriter _error = new();
    private OperatorOptions? _ran;

    [Theory]
    [InlineData("--workers 3 --leader-elect")]
    [InlineData("run --workers 3 --leader-elect")]
    [InlineData("--workers=3 run --leader-elect=true")]
    public async Task Run_is_what_happens_without_a_command(string line)
    {
        (await InvokeAsync(line)).ShouldBe(0);

        _ran.ShouldNotBeNull().Workers.ShouldBe(3);
        _ran.LeaderElect.ShouldBeTrue();
    }

    [Fact]
    public async Task A_switch_can_be_turned_off()
    {
        await InvokeAsync("--leader-elect=false");

        _ran.ShouldNotBeNull().LeaderElect.ShouldBeFalse();
    }

    [Theory]
    [InlineData("--worker 3", "--worker")]
    [InlineData("--workers", "--workers")]
    [InlineData("--workers none", "workers 'none' (from --workers)")]
    [InlineData("walk", "walk")]
    public async Task Bad_configuration_ends_with_2_and_says_what_is_wrong(string line, string told)
    {
        (await InvokeAsync(line)).ShouldBe(ExitCode.BadConfiguration);

        _ran.ShouldBeNull();
        _error.ToString().ShouldStartWith("sluice-operator: ");
        _error.ToString().ShouldContain(told);
    }

    private Task<int> InvokeAsync(string line)
    {
        var command = new OperatorCommand(_ => null, _error, options =>
        {
            _ran = options;
            return Task.FromResult(ExitCode.Success);
        });
        return command.InvokeAsync(line.Split(' '));
    }
}
