namespace Sluice.Simulation.Running;

/// <summary>How a case ended: by its history, or by what it violated.</summary>
internal sealed record CaseOutcome(SimulationCase Case, History? History, Exception? Violation);

/// <summary>The outcomes of a campaign in the order of its cases, and the real time that it took.</summary>
internal sealed record CampaignReport(IReadOnlyList<CaseOutcome> Outcomes, TimeSpan Elapsed)
{
    public IEnumerable<CaseOutcome> Failures => Outcomes.Where(outcome => outcome.Violation is not null);

    public TimeSpan Span => TimeSpan.FromTicks(Outcomes.Sum(outcome => outcome.History?.Span.Ticks ?? 0));
}
