using Sluice.Api;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class MilestoneTests
{
    private static readonly RolloutSpec Spec = new()
    {
        Strategy = new RolloutStrategy
        {
            Canary = new CanaryStrategy { Steps = [new CanaryStep { SetWeight = 20 }, new CanaryStep { Analysis = new AnalysisStep() }, new CanaryStep { Pause = new PauseStep() }] },
        },
        Migration = new RolloutMigration(),
        Soak = new SoakSpec { Duration = "5s" },
    };

    [Theory]
    [InlineData("", "·migrate ·start ·20% ·analyse ·pause ·promote ·soak")]
    [InlineData("Pending", "·migrate ·start ·20% ·analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding", ">migrate ·start ·20% ·analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding,Starting,Step 1", "+migrate +start >20% ·analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding,Starting,Step 1,Step 2,RollingBack", "+migrate +start +20% !analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding,Starting,Step 1,Step 2,RollingBack,RolledBack", "+migrate +start +20% !analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding,Failed", "!migrate ·start ·20% ·analyse ·pause ·promote ·soak")]
    [InlineData("Pending,Expanding,Starting,Step 1,Step 2,Step 3,Promoting,Soaking,Promoted", "+migrate +start +20% +analyse +pause +promote +soak")]
    public void A_release_is_where_its_timeline_says(string entered, string expected) => Track(entered, isFirst: false).ShouldBe(expected);

    [Theory]
    [InlineData("Pending,Expanding,Promoting", "+migrate >promote")]
    [InlineData("Pending,Expanding,Promoting,Promoted", "+migrate +promote")]
    public void A_first_deployment_has_no_steps(string entered, string expected) => Track(entered, isFirst: true).ShouldBe(expected);

    private static string Track(string entered, bool isFirst)
    {
        var timeline = entered.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(to => new TimelineEntry { To = to }).ToList();
        return string.Join(' ', Milestone.Of(Spec, timeline, isFirst).Select(milestone => milestone.State switch
        {
            MilestoneState.Passed => "+",
            MilestoneState.Present => ">",
            MilestoneState.Failed => "!",
            _ => "·",
        } + milestone.Name));
    }
}
