namespace Sluice.Simulation.Running;

/// <summary>A campaign as a test: it fails with the name of every case that failed, how to replay it, and the whole story of the first.</summary>
internal static class CampaignVerdict
{
    public static void ShouldHold(this CampaignReport report)
    {
        var failures = report.Failures.ToList();
        if (failures is not [var first, ..]) return;

        var list = failures.Select(failure => $"{failure.Case.Name}: {failure.Violation!.Message.Split('\n')[0]}\n  replay: make simulate CASE={failure.Case.Name}");
        Assert.Fail($"{failures.Count} of {report.Outcomes.Count} cases failed\n{string.Join('\n', list)}\n\n{first.Case.Name}: {first.Case.Explain?.Invoke(first.Violation!) ?? first.Violation!.Message}");
    }
}
