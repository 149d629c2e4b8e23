using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Checks;

/// <summary>How far the checks of a step are from what their join asks for.</summary>
internal sealed record CheckTally(int Needed, int Succeeded, int Open, int All)
{
    /// <summary>Enough have succeeded.</summary>
    public bool IsMet => Succeeded >= Needed;

    /// <summary>Too few are left that could still succeed.</summary>
    public bool IsOut => Succeeded + Open < Needed;

    public static CheckTally Of(PlanStep.Checks step, IReadOnlyList<CheckStatus> checks) =>
        new(step.Needed, checks.Count(check => check.State == CheckState.Succeeded), checks.Count(CheckStates.IsOpen), checks.Count);

    public override string ToString() => All == 1 ? (IsMet ? "the check has succeeded" : Open == 0 ? "the check has not succeeded" : "the check runs")
        : $"{Succeeded} of {All} checks have succeeded{(Needed == All ? "" : $", {Needed} {(Needed == 1 ? "is" : "are")} needed")}{(Open == 0 ? "" : $", {Open} {(Open == 1 ? "runs" : "run")}")}";
}
