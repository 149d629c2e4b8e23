using Sluice.Api;
using Sluice.Engine.Checks;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Tests.Checks;

public sealed class CheckTallyTests
{
    /// <summary>S succeeded, F failed, R runs, P starts.</summary>
    [Theory]
    [InlineData("SSS", 3, true, false)]
    [InlineData("SSR", 3, false, false)]
    [InlineData("SSF", 3, false, true)]
    [InlineData("PPP", 3, false, false)]
    [InlineData("FRS", 1, true, false)]
    [InlineData("FRF", 1, false, false)]
    [InlineData("FFF", 1, false, true)]
    [InlineData("FSR", 2, false, false)]
    [InlineData("FFR", 2, false, true)]
    [InlineData("FFS", 2, false, true)]
    [InlineData("SSF", 2, true, false)]
    public void A_join_is_met_by_so_many_successes_and_out_of_reach_once_too_few_are_left(string states, int needed, bool isMet, bool isOut)
    {
        var checks = states.Select((state, index) => new CheckStatus { Name = $"{index}", State = StateOf(state) }).ToList();
        var step = new PlanStep.Checks(needed, FailFast: true, TimeSpan.FromMinutes(1), []);

        CheckTally.Of(step, checks).ShouldSatisfyAllConditions(tally => tally.IsMet.ShouldBe(isMet), tally => tally.IsOut.ShouldBe(isOut));
    }

    [Theory]
    [InlineData(CheckState.Failed)]
    [InlineData(CheckState.TimedOut)]
    [InlineData(CheckState.Disrupted)]
    [InlineData(CheckState.Lost)]
    [InlineData(CheckState.Canceled)]
    public void Nothing_but_a_success_is_one(CheckState state) =>
        CheckTally.Of(new PlanStep.Checks(1, FailFast: true, TimeSpan.FromMinutes(1), []), [new CheckStatus { State = state }]).ShouldSatisfyAllConditions(tally => tally.IsMet.ShouldBeFalse(), tally => tally.IsOut.ShouldBeTrue());

    private static CheckState StateOf(char letter) => letter switch { 'S' => CheckState.Succeeded, 'F' => CheckState.Failed, 'R' => CheckState.Running, _ => CheckState.Pending };
}
