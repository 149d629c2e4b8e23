using System.Text.Json;
using Sluice.Engine.Checks;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Checks;

public sealed class CheckLogTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("\n\n", null)]
    [InlineData("short\n", "short")]
    [InlineData("\u001b[31mred\u001b[0m\r\nplain\u0007", "red\nplain")]
    [InlineData("0123456789abcdef", "6789abcdef")]
    [InlineData("xxxxxxxx\n\"\\", "xxxx\n\"\\")]
    [InlineData("ääääää", "äääää")]
    [InlineData("\U0001f600\U0001f600\U0001f600", "\U0001f600\U0001f600")]
    public void The_end_of_a_log_is_kept_without_colours_within_so_many_bytes_of_JSON(string? log, string? kept) => CheckLog.Tail(log, 10).ShouldBe(kept);

    [Theory]
    [InlineData(1, 1, 3072)]
    [InlineData(3, 1, 1024)]
    [InlineData(10, 1, 307)]
    [InlineData(1, 20, 819)]
    [InlineData(10, 4, 307)]
    public void The_checks_of_a_step_and_those_of_a_plan_share_what_there_is(int jobs, int steps, int limit)
    {
        var step = new PlanStep.Checks(1, FailFast: true, TimeSpan.FromMinutes(1), [.. Enumerable.Range(0, jobs).Select(job => new CheckPlan($"{job}", new Api.PodTemplate(), KeepsLog: true))]);

        CheckLog.LimitFor(ReleasePlan.Fallback with { Steps = [.. Enumerable.Repeat(step, steps)] }, step).ShouldBe(limit);
    }
}
