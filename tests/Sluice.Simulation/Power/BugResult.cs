namespace Sluice.Simulation.Power;

/// <summary>What became of one bug.</summary>
/// <param name="Bug">The bug.</param>
/// <param name="Reaching">Cases that come to its place.</param>
/// <param name="Cases">How many of them were run with it.</param>
/// <param name="Findings">Those that failed; they do not without it.</param>
internal sealed record BugResult(PlantedBug Bug, int Reaching, int Cases, IReadOnlyList<BugFinding> Findings)
{
    public bool IsFound => Findings.Count > 0;

    public int Seeds => Findings.Count(finding => CampaignCases.IsSeed(finding.Case));

    public int Scenarios => Findings.Count(finding => CampaignCases.IsScenario(finding.Case));

    public int Singles => Findings.Count - Scenarios - Seeds;
}

/// <summary>A case that found a bug, and by what it failed.</summary>
internal sealed record BugFinding(string Case, string Message);
