using Sluice.Api;
using Sluice.Sandbox.Demo.Story;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class SceneTests
{
    [Fact]
    public void A_release_that_has_ended_and_was_told_is_settled() => DemoCluster.Ended().IsSettled(generation: 3).ShouldBeTrue();

    [Fact]
    public void A_spec_that_the_operator_has_not_answered_is_not() => DemoCluster.Ended().IsSettled(generation: 4).ShouldBeFalse();

    [Fact]
    public void A_release_in_flight_is_not() => DemoCluster.Analysing(1000, "2.1").IsSettled(generation: 2).ShouldBeFalse();

    [Fact]
    public void A_release_whose_end_was_not_seen_yet_is_not()
    {
        var scene = DemoCluster.Ended();
        var untold = scene.Releases.Select(release => release with { Status = null });

        (scene with { Releases = [.. untold] }).IsSettled(generation: 3).ShouldBeFalse();
    }

    [Fact]
    public void The_picture_of_a_release_that_has_ended_is_taken_from_its_Release()
    {
        var view = ReleaseView.Of(DemoCluster.Ended(), generation: 3);

        view.Outcome.ShouldBe(Outcome.RolledBack);
        view.Metrics.ShouldHaveSingleItem().Verdict.ShouldBe(Verdict.Fail);
        view.Migration!.Status!.State.ShouldBe(MigrationState.Skipped);
    }
}
