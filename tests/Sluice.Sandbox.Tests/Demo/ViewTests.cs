using Sluice.Sandbox.Demo.Story;
using Sluice.Sandbox.Demo.Views;
using Spectre.Console;

namespace Sluice.Sandbox.Tests.Demo;

public sealed class ViewTests
{
    private const int Generation = 2;

    [Fact]
    public void Each_change_is_told_once()
    {
        var narration = new Narration();
        var first = narration.Next(ReleaseView.Of(DemoCluster.Analysing(1000, "2.1"), Generation));
        var same = narration.Next(ReleaseView.Of(DemoCluster.Analysing(1000, "2.1"), Generation));
        var next = narration.Next(ReleaseView.Of(DemoCluster.Analysing(2000, "4.4"), Generation));

        first.Select(line => line.Topic).ShouldBe(["release", "release", "release", "release", "pods", "weight", "analysis"]);
        first[4].Text.ShouldBe("v1 (stable) 4 available · v2 (canary) 1 available");
        first[5].Text.ShouldBe("20% asked, 20% real");
        same.ShouldBeEmpty();
        next.ShouldHaveSingleItem().Text.ShouldBe(
            "error-rate canary 0.11% of 2,000, stable 0.1% of 8,000 requests; max 1%; evidence for it 4.4 of 20, against it 0.02 of 200");
    }

    [Fact]
    public void An_old_status_is_not_shown_as_that_of_a_new_spec()
    {
        var view = ReleaseView.Of(DemoCluster.Analysing(1000, "2.1"), generation: 3);

        view.Message.ShouldBe("the operator has not answered yet");
        view.Timeline.ShouldBeEmpty();
        view.Pods.Sum(group => group.Available).ShouldBe(5);
    }

    [Fact]
    public void A_picture_tells_weight_pods_rates_and_evidence_with_what_is_enough()
    {
        var picture = Picture(ReleaseView.Of(DemoCluster.Analysing(2000, "4.4"), Generation), height: 40);

        picture.ShouldContain("▶ analyse");
        picture.ShouldContain("●●●●  4 available");
        picture.ShouldContain("20% asked, 20% real");
        picture.ShouldContain("canary 0.11% of 2,000, stable 0.1% of 8,000 requests");
        picture.ShouldContain("4.4 of 20 to pass (4.5 at this weight)");
        picture.ShouldContain("0.02 of 200 to roll back");
        picture.ShouldContain("Step 1 → Step 2");
    }

    [Theory]
    [InlineData(18)]
    [InlineData(24)]
    public void A_picture_fits_a_low_terminal_and_keeps_the_newest_entry(int height)
    {
        var picture = Picture(ReleaseView.Of(DemoCluster.Analysing(2000, "4.4"), Generation), height);

        picture.TrimEnd('\n').Split('\n').Length.ShouldBeLessThanOrEqualTo(height);
        picture.ShouldContain("Step 1 → Step 2");
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.5", 0)]
    [InlineData("10", 0.5)]
    [InlineData("100", 1)]
    [InlineData("1.2e+17", 1)]
    [InlineData("infinite", 1)]
    [InlineData(null, 0)]
    public void Evidence_advances_by_its_logarithm(string? text, double progress) => EvidenceView.Of(text, enough: 100).Progress.ShouldBe(progress, 1e-9);

    private static string Picture(ReleaseView view, int height)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 100;
        console.Write(ReleasePanel.Draw(view, new DemoClock(TimeProvider.System), width: 100, height));
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
